import { type Call, ok, type Outcome } from "./outcome.ts";

/** The body as the contract has it. */
export interface SignIn {
  readonly grant_type: string;
}

export function signIn({ panel, client }: Call<SignIn>): Outcome {
  return ok({
    id_token: panel.clients.issue(client, panel.settings.tokenLifetimeS),
    token_type: "Bearer",
    // The vendor's own words: this field is no token.
    access_token: "Not implemented",
  });
}

/** With the secrets of the user's access tokens in clear, as the panel really answers. */
export function getMe({ panel, client }: Call): Outcome {
  const { user } = client;
  const tokens = panel.clients.all().filter((other) => other.user.id === user.id);
  return ok({
    id: user.id,
    login: user.login,
    presentation: user.presentation,
    email: `${user.login}@example.com`,
    phone: "",
    "email-confirmed": true,
    "phone-confirmed": false,
    "is-active": true,
    "access-tokens": tokens.map(({ clientId, clientSecret, name }) => ({
      "client-id": clientId,
      "client-secret": clientSecret,
      description: name,
    })),
    accounts: [],
  });
}
