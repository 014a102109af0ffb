import type { Effect } from "../simulator/effect.ts";
import type { Client } from "./clients.ts";
import type { Panel } from "./panel.ts";

/** What an operation answers, and what it did. */
export interface Outcome {
  readonly status: number;
  readonly body?: unknown;
  readonly effects: readonly Effect[];
  /** What becomes of the answer after a fault has taken its part out of it. */
  readonly shape?: (answer: unknown) => unknown;
}

/** A request that is authenticated and valid under the contract. */
export interface Call<Body = unknown> {
  readonly panel: Panel;
  readonly client: Client;
  /** From the path, by the contract's names. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** Its type is the contract's: the request was validated against it. */
  readonly body: Body;
}

/** All that any operation takes in its query. */
export interface Query {
  readonly page?: number;
  readonly size?: number;
  readonly result?: "array" | "page";
  readonly deleted?: boolean;
}

export function ok(body: unknown, effects: readonly Effect[] = []): Outcome {
  return { status: 200, body, effects };
}
