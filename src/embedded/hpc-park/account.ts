import { created, noContent, ok, type Call, type Effect, type Outcome } from "./outcome.ts";
import type { Park } from "./park.ts";
import { limitViews } from "./quota.ts";
import { invalid, masterOnly, notFound } from "./refusal.ts";
import type { Token } from "./tokens.ts";

const HOUR_MS = 3_600_000;

export function getUser({ park }: Call): Outcome {
  return ok(park.user);
}

export function listTokens({ park, token: current }: Call): Outcome {
  const tokens = current.master ? park.tokens.all() : [current];
  return ok(tokens.map((token) => tokenView(token, current)));
}

/** The body as the contract has it. */
export interface TokenCreate {
  readonly name: string;
  readonly expires_at: string;
  readonly master?: boolean;
}

export function createToken(call: Call<TokenCreate>): Outcome {
  const { park, token: current, body: wanted } = call;
  if (!current.master) throw masterOnly();
  const expiresAtMs = Date.parse(wanted.expires_at);
  if (expiresAtMs <= park.clock.wall()) throw invalid(["expires_at"], "expires_at is in the past");
  const token = park.tokens.add({
    name: wanted.name,
    master: wanted.master ?? false,
    expiresAtMs,
  });
  const answer = { ...tokenView(token, current), token: token.value };
  return created(answer, tokenEffect(park, "created", token));
}

export function deleteToken({ park, token: current, id }: Call): Outcome {
  if (!current.master) throw masterOnly();
  const token = park.tokens.get(id);
  if (token === undefined) throw notFound();
  park.tokens.remove(token);
  return noContent([tokenEffect(park, "deleted", token)]);
}

export function listLimits({ park }: Call): Outcome {
  return ok(limitViews(park));
}

/** Minimal: one item for each instance alive, from its creation to now, whether it was on or off. */
export function getBilling({ park, token }: Call): Outcome {
  const nowMs = park.clock.now();
  const items = park.visible(token, "instance", park.instances).map((instance) => {
    const pricePerHour = (park.catalogue.gpuTypes[instance.gpuType] ?? 0) * instance.gpuCount;
    const hours = (nowMs - instance.createdMs) / HOUR_MS;
    return {
      entity: "instance",
      entity_id: instance.id,
      date: instance.createdAt.slice(0, 10),
      amount: (pricePerHour * hours).toFixed(2),
      price_per_hour: pricePerHour.toFixed(2),
    };
  });
  return ok({ currency: "RUB", balance: (park.limits.balance ?? 0).toFixed(2), items });
}

/** Minimal: nobody ever sent an invoice or paid in advance. */
export function listNothing(): Outcome {
  return ok([]);
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
