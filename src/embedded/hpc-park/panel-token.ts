import { tokenEffect } from "./account.ts";
import type { Done, TokenAction } from "./panel-action.ts";
import { accountAt } from "./panel-money.ts";
import type { Park } from "./park.ts";
import { existing } from "./refusal.ts";

export function performOnToken(park: Park, action: TokenAction): Done {
  if (action.action === "add-token") {
    const { expires_at: expiresAt, user, ...wanted } = action;
    const expiry = expiresAt === undefined ? {} : { expiresAtMs: Date.parse(expiresAt) };
    const owner = user === undefined ? {} : { userId: accountAt(park, user).user.id };
    const token = park.tokens.add({ ...wanted, ...owner, ...expiry });
    return { id: token.id, token: token.value, effects: [tokenEffect(park, "created", token)] };
  }
  const token = existing(park.tokens.named(action.name));
  if (action.action === "expire-token") {
    token.expiresAtMs = park.clock.wall();
    return { id: token.id, effects: [tokenEffect(park, "changed", token)] };
  }
  park.tokens.remove(token);
  return { id: token.id, effects: [tokenEffect(park, "deleted", token)] };
}
