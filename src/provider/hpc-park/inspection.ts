import { ProviderError } from "../errors.ts";
import type { HttpClient } from "../http.ts";
import { type Answer, entriesOf } from "../answer.ts";
import type { LiveDescription } from "./live-description.ts";

/** What an account shows to somebody who only looks. A part that is undefined is not offered by the service. */
export interface Inspection {
  readonly description: LiveDescription | ProviderError;
  readonly token: TokenFacts | ProviderError | undefined;
  readonly limits: readonly LimitFacts[] | ProviderError | undefined;
}

export interface TokenFacts {
  readonly name: string | undefined;
  readonly isMaster: boolean;
  /** Wall clock, in milliseconds since 1970. */
  readonly expiresAtMs: number | undefined;
}

export interface LimitFacts {
  readonly resource: string;
  readonly used: number;
  /** Null: there is none. */
  readonly limit: number | null;
}

/**
 * Asks for everything that a person wants to know of an account. Nothing is asked further where the server does not answer at all.
 *
 * @param describe Reads what the service says of itself.
 */
export async function inspect(
  http: HttpClient,
  describe: () => Promise<LiveDescription>,
  signal: AbortSignal,
): Promise<Inspection> {
  const description = await orError(describe());
  if (description instanceof ProviderError && description.status === undefined)
    return { description, token: undefined, limits: undefined };
  const ask = (path: string, operation: string): Promise<unknown> =>
    http.request({ method: "GET", path, operation, lane: "observe" }, signal);
  const token = await orError(ask("/v1/token", "list tokens").then(currentToken));
  if (token instanceof ProviderError && token.kind === "unauthorized")
    return { description, token, limits: undefined };
  return {
    description,
    token,
    limits: await orError(ask("/v1/limit", "list limits").then(limitsIn)),
  };
}

async function orError<Value>(work: Promise<Value>): Promise<Value | ProviderError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
}

/** Of several the one that the request was made with. */
function currentToken(body: unknown): TokenFacts | undefined {
  const tokens = entriesIn(body, "list tokens");
  const current = tokens?.find((token) => token.boolean("current") === true) ?? only(tokens);
  if (current === undefined) return undefined;
  const expiresAtMs = Date.parse(current.text("expires_at") ?? "");
  return {
    name: current.text("name"),
    isMaster: current.boolean("master") ?? false,
    expiresAtMs: Number.isNaN(expiresAtMs) ? undefined : expiresAtMs,
  };
}

function limitsIn(body: unknown): readonly LimitFacts[] | undefined {
  return entriesIn(body, "list limits")?.flatMap((entry) => {
    const resource = entry.text("resource");
    const used = entry.number("used");
    const limit = entry.number("limit") ?? null;
    return resource === undefined || used === undefined ? [] : [{ resource, used, limit }];
  });
}

/** Undefined where there is no such section. */
function entriesIn(body: unknown, what: string): readonly Answer[] | undefined {
  if (body === undefined) return undefined;
  const entries = entriesOf(body, what);
  if (entries !== undefined) return entries;
  throw new ProviderError("unavailable", `${what}: the answer is no list`);
}

function only(tokens: readonly Answer[] | undefined): Answer | undefined {
  return tokens?.length === 1 ? tokens[0] : undefined;
}
