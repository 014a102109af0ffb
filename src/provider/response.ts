import type { FailureKind } from "../core/failure.ts";
import { ProviderError } from "./errors.ts";
import { cleanWords } from "./words.ts";

export interface RawResponse {
  readonly method: string;
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter?: string | undefined;
  readonly text: string;
  /** What must not be told, should the answer repeat it. */
  readonly secrets: readonly string[];
}

/** An answer that says no. */
export interface Answered {
  readonly status: number;
  /** Undefined where it is no JSON. */
  readonly body: unknown;
  readonly text: string;
  /** The request was to make something. */
  readonly isCreate: boolean;
}

export interface Refusal {
  /** The provider's own. */
  readonly words: string;
  /** What is to be done about it; undefined where such an answer proves nothing. */
  readonly kind: FailureKind | undefined;
}

/** How a provider says no, as it is documented. Returns undefined for what is not documented, such as a gateway's own page. */
export type RefusalReader = (answer: Answered) => Refusal | undefined;

/** A pause where a 429 names none, or one that makes no sense. */
const DEFAULT_RETRY_AFTER_MS = 5_000;
/** The longest that is believed, as for the account's pause: a slip of the provider must not put a resource off for years. */
const MAX_RETRY_AFTER_MS = 600_000;

export interface Reading {
  /** For messages, such as `create instance`. */
  readonly what: string;
  /** See `RemoteKind.create`. */
  readonly isCreate: boolean;
  /** See `HttpRequest`. Left out: a documented 404 says that the thing is not there, and nothing else. */
  readonly isChange?: boolean;
  /** The provider's wall clock, for a Retry-After that is a date. */
  readonly wallClockMs: number;
  readonly refusalIn: RefusalReader;
}

/**
 * What an answer means. Returns the parsed body of a 2xx, undefined for a documented 404 (but see `isChange`), and throws a
 * ProviderError for everything else.
 *
 * For a request that creates (`isCreate`) everything but a readable success and a documented refusal is `unknown-outcome`: proxies
 * answer 4xx as well.
 */
export function readResponse(
  response: RawResponse,
  { what, isCreate, isChange = false, wallClockMs, refusalIn }: Reading,
): unknown {
  const body = parse(response);
  if (isSuccess(response)) {
    if (body !== undefined || response.text === "") return body ?? null;
    throw open(isCreate, `${what}: the answer is not readable JSON`, response.status);
  }
  const { status, text, secrets } = response;
  const refusal = refusalIn({ status, body, text, isCreate });
  if (refusal === undefined) return throwUndocumented(response, what, isCreate, wallClockMs);
  if (status === 404 && !isCreate && !isChange) return undefined;
  const words = cleanWords(refusal.words, ...secrets);
  if (refusal.kind === undefined) throw open(isCreate, `${what}: ${status} ${words}`, status);
  throw new ProviderError(refusal.kind, `${what}: ${words} (${status})`, {
    status,
    ...(response.status === 429
      ? { retryAfterMs: parseRetryAfter(response.retryAfter, wallClockMs) }
      : {}),
  });
}

/** Seconds or an HTTP date, in milliseconds, bounded; a fixed few seconds where it is absent or makes no sense. */
export function parseRetryAfter(header: string | undefined, wallClockMs: number): number {
  if (header === undefined || header.trim() === "") return DEFAULT_RETRY_AFTER_MS;
  const seconds = Number(header);
  const waitMs = Number.isNaN(seconds) ? Date.parse(header) - wallClockMs : seconds * 1000;
  return waitMs >= 0 ? Math.min(waitMs, MAX_RETRY_AFTER_MS) : DEFAULT_RETRY_AFTER_MS;
}

/** What is read must be whole: a 206 is a part, and a 203 is a proxy's own version. */
function isSuccess({ method, status }: RawResponse): boolean {
  return method === "GET" ? status === 200 : status >= 200 && status < 300;
}

/** `application/problem+json` is what gateways answer in a service's stead. */
export function isJson(contentType: string): boolean {
  return /^application\/json\s*(?:;|$)/i.test(contentType);
}

function parse({ contentType, text }: RawResponse): unknown {
  if (!isJson(contentType)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function throwUndocumented(
  response: RawResponse,
  what: string,
  isCreate: boolean,
  wallClockMs: number,
): never {
  const { status } = response;
  const message = `${what}: ${status} without the documented body`;
  if (status === 429 && !isCreate) {
    const retryAfterMs = parseRetryAfter(response.retryAfter, wallClockMs);
    throw new ProviderError("rate-limited", message, { status, retryAfterMs });
  }
  if (status === 401 && !isCreate) throw new ProviderError("unauthorized", message, { status });
  throw open(isCreate, message, status);
}

function open(isCreate: boolean, message: string, status: number): ProviderError {
  return new ProviderError(isCreate ? "unknown-outcome" : "unavailable", message, { status });
}
