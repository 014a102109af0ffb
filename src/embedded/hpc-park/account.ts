import type { Effect } from "../simulator/effect.ts";
import { created, noContent, ok, type Call, type Outcome } from "./outcome.ts";
import type { Park } from "./park.ts";
import { limitViews } from "./quota.ts";
import { existing, invalid, masterOnly, notFound } from "./refusal.ts";
import type { Token } from "./tokens.ts";

export function getUser({ account }: Call): Outcome {
  return ok(account.user);
}

export function listTokens({ park, token: current, account }: Call): Outcome {
  const all = current.master ? park.tokens.all() : [current];
  const tokens = all.filter((token) => park.accounts.of(token) === account);
  return ok(tokens.map((token) => tokenView(token, current)));
}

/** The body as the contract has it. */
export interface TokenCreate {
  readonly name: string;
  /** Required by the contract, but a live description may have changed that. */
  readonly expires_at?: string;
  readonly master?: boolean;
}

export function createToken(call: Call<TokenCreate>): Outcome {
  const { park, token: current, body: wanted } = call;
  if (!current.master) throw masterOnly();
  const { name, master = false, expires_at: expiresAt } = wanted;
  const expiry = expiresAt === undefined ? {} : { expiresAtMs: Date.parse(expiresAt) };
  if ((expiry.expiresAtMs ?? Infinity) <= park.clock.wall()) {
    throw invalid(["expires_at"], "expires_at is in the past");
  }
  const token = park.tokens.add({ name, master, userId: current.userId, ...expiry });
  const answer = { ...tokenView(token, current), token: token.value };
  return created(answer, tokenEffect(park, "created", token));
}

export function deleteToken({ park, token: current, account, id }: Call): Outcome {
  if (!current.master) throw masterOnly();
  const token = existing(park.tokens.get(id));
  if (park.accounts.of(token) !== account) throw notFound();
  park.tokens.remove(token);
  return noContent([tokenEffect(park, "deleted", token)]);
}

export function listLimits({ park, account }: Call): Outcome {
  return ok(limitViews(park, account));
}

export function tokenEffect(park: Park, what: Effect["what"], token: Token): Effect {
  return { what, kind: "token", id: token.id, label: token.name, atMs: park.clock.now() };
}

function tokenView(token: Token, current: Token): Record<string, unknown> {
  return {
    id: token.id,
    name: token.name,
    expires_at: new Date(token.expiresAtMs).toISOString(),
    master: token.master,
    current: token === current,
  };
}
