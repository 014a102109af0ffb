import type { Effect } from "../simulator/effect.ts";
import type { Account } from "./accounts.ts";
import type { Park } from "./park.ts";
import type { Token } from "./tokens.ts";

/** What an operation answers, and what it did. */
export interface Outcome {
  readonly status: number;
  readonly body?: unknown;
  readonly effects: readonly Effect[];
}

/** A request that is authenticated and valid under the contract. */
export interface Call<Body = unknown> {
  readonly park: Park;
  readonly token: Token;
  /** The token's user. */
  readonly account: Account;
  /** From the path; 0 where the path has none. */
  readonly id: number;
  readonly query: Readonly<Record<string, unknown>>;
  /** Its type is the contract's: the request was validated against it. */
  readonly body: Body;
}

export type Operation<Body = unknown> = (call: Call<Body>) => Outcome;

export function ok(body: unknown, effects: readonly Effect[] = []): Outcome {
  return { status: 200, body, effects };
}

export function created(body: unknown, effect: Effect): Outcome {
  return { status: 201, body, effects: [effect] };
}

export function noContent(effects: readonly Effect[]): Outcome {
  return { status: 204, effects };
}
