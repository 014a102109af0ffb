import { ProviderError } from "./errors.ts";
import { cleanWords } from "./words.ts";

export interface RawResponse {
  readonly method: string;
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter?: string | undefined;
  readonly text: string;
  /** What must not be told, should the answer repeat it. */
  readonly token: string;
}

/** A pause where a 429 names none, or one that makes no sense. */
const DEFAULT_RETRY_AFTER_MS = 5_000;
/** More mistakes than anybody reads. */
const MAX_ITEMS = 20;
/** The longest that is believed, as for the account's pause: a slip of the provider must not put a resource off for years. */
const MAX_RETRY_AFTER_MS = 600_000;

/**
 * What an answer means. Returns the parsed body of a 2xx, undefined for a documented 404, and throws a ProviderError for
 * everything else.
 *
 * A refusal is a status that the contract documents, with a JSON body that carries `detail`. For a request that creates
 * (`isCreate`) everything but a readable success and a refusal is `unknown-outcome`: proxies answer 4xx as well.
 */
export function readResponse(
  response: RawResponse,
  what: string,
  isCreate: boolean,
  wallClockMs: number,
): unknown {
  const body = parse(response);
  if (isSuccess(response)) {
    if (body !== undefined || response.text === "") return body ?? null;
    throw open(isCreate, `${what}: the answer is not readable JSON`, response.status);
  }
  const detail = detailOf(body, response.token);
  if (detail === undefined) return throwUndocumented(response, what, isCreate, wallClockMs);
  if (response.status === 404 && !isCreate) return undefined;
  const kind = refusalKind(response.status, detail);
  if (kind === undefined) {
    throw open(isCreate, `${what}: ${response.status} ${detail}`, response.status);
  }
  throw new ProviderError(kind, `${what}: ${detail} (${response.status})`, {
    status: response.status,
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

/** Of the documented statuses only; see the contract's transport facts. */
function refusalKind(status: number, detail: string): ProviderError["kind"] | undefined {
  switch (status) {
    case 401:
      return "unauthorized";
    case 402:
      return "quota";
    case 403:
      return /not authenticated|permission|forbidden/i.test(detail) ? "unauthorized" : "quota";
    case 404:
    case 422:
      return "invalid";
    case 409:
      return "conflict";
    case 429:
      return "rate-limited";
    default:
      return undefined;
  }
}

function detailOf(body: unknown, token: string): string | undefined {
  if (typeof body !== "object" || body === null || !("detail" in body)) return undefined;
  const { detail } = body;
  if (typeof detail === "string") return cleanWords(detail, token);
  if (!Array.isArray(detail)) return undefined;
  return cleanWords(detail.slice(0, MAX_ITEMS).map(describeItem).join("; "), token);
}

/** Where in the request, without its first word (`body`). Only what has a form of its own is put together. */
function placeOf(loc: readonly unknown[]): string {
  return loc
    .slice(1)
    .filter((part) => typeof part === "string" || typeof part === "number")
    .join(".");
}

/** One entry of FastAPI's list: where, and what is wrong. */
function describeItem(item: unknown): string {
  if (typeof item !== "object" || item === null) return String(item);
  const loc = "loc" in item && Array.isArray(item.loc) ? placeOf(item.loc) : "";
  const msg = "msg" in item && typeof item.msg === "string" ? item.msg : "is not valid";
  return loc === "" ? msg : `${loc}: ${msg}`;
}
