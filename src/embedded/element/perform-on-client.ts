import type { Client, Clients } from "./clients.ts";
import type { ClientAction, Done } from "./panel-action.ts";
import { existing } from "./refusal.ts";

export function performOnClient(clients: Clients, action: ClientAction): Done {
  switch (action.action) {
    case "add-client": {
      const { name, user, clientId, clientSecret, rights, spaces } = action;
      const added = clients.add({
        name,
        clientId,
        clientSecret,
        rights,
        spaces,
        user: user === undefined ? undefined : clientNamed(clients, user).user,
      });
      return { clientId: added.clientId, clientSecret: added.clientSecret };
    }
    case "set-rights": {
      const client = clientNamed(clients, action.client);
      client.rights = action.rights ?? client.rights;
      client.spaces = action.spaces ?? client.spaces;
      return { clientId: client.clientId };
    }
    case "revoke-client":
      clients.revoke(clientNamed(clients, action.client));
      return {};
    case "invalidate-tokens":
      clients.invalidateTokens(
        action.client === undefined ? undefined : clientNamed(clients, action.client),
      );
      return {};
  }
}

function clientNamed(clients: Clients, name: string): Client {
  const text = { ru: `Клиент ${name} не найден`, en: `Client ${name} is not found` };
  return existing(clients.named(name), text);
}
