import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import got, { type Got, type Method, RequestError, type Response } from "got";
import { ProviderError } from "./errors.ts";
import type { Lane } from "./lane-queue.ts";
import type { Lanes } from "./lanes.ts";
import { parseRetryAfter, readResponse } from "./response.ts";
import { cleanWords } from "./words.ts";

/** The longest answer that is read; ten thousand instances are about 5 MB. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Errors that mean no connection came about: the request never left, so nothing was done. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

export interface HttpRequest {
  readonly method: Method;
  /** Begins with a slash; relative to the account's URL. */
  readonly path: string;
  /** For messages and metrics, such as `create instance`. Bounded: no ids. */
  readonly operation: string;
  readonly lane: Lane;
  readonly json?: unknown;
  /** The request makes something: see `RemoteKind.create`. */
  readonly isCreate?: boolean;
}

export interface HttpOutcome {
  readonly operation: string;
  /** HTTP status, or the error's code where there was no answer. */
  readonly code: string;
  readonly durationMs: number;
}

export interface HttpClientOptions {
  readonly url: string;
  /** The bearer token as it is now. Rejects with a ProviderError where there is none. */
  readonly token: () => Promise<string>;
  readonly lanes: Lanes;
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Called last before a request that changes something leaves; throws where this process may not write any more. */
  readonly guard: () => void;
  readonly onOutcome: (outcome: HttpOutcome) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Speaks JSON over HTTP with one account. Never repeats a request; the workqueue is the retry. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #got: Got;
  readonly #agents = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true }),
  };

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#got = got.extend({
      agent: this.#agents,
      retry: { limit: 0 },
      timeout: { request: options.timeoutMs },
      followRedirect: false,
      throwHttpErrors: false,
      headers: { "user-agent": options.userAgent, accept: "application/json" },
    });
  }

  /**
   * Sends one request in its turn and reads the answer.
   *
   * @returns the parsed body, or undefined for a documented 404.
   * @throws ProviderError, or the signal's reason when it aborts before the request started.
   */
  async request(request: HttpRequest, signal: AbortSignal): Promise<unknown> {
    return this.#options.lanes.run(request.lane, signal, () => this.#exchange(request));
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  async #exchange(request: HttpRequest): Promise<unknown> {
    const token = await this.#options.token();
    const startedMs = this.#options.now();
    try {
      const response = await this.#sendFollowing(request, token);
      this.#report(request, String(response.statusCode), startedMs);
      if (response.statusCode === 429) {
        this.#options.lanes.pause(parseRetryAfter(response.headers["retry-after"], Date.now()));
      }
      return readResponse(
        {
          status: response.statusCode,
          contentType: response.headers["content-type"] ?? "",
          retryAfter: response.headers["retry-after"],
          text: response.body,
        },
        request.operation,
        request.isCreate ?? false,
        Date.now(),
      );
    } catch (error) {
      if (error instanceof ProviderError) throw error;
      const converted = convert(error, request);
      this.#report(request, converted.code, startedMs);
      throw converted.error;
    }
  }

  /** A path with the wrong trailing slash gets a 307 to the right one, on the same server; the token goes nowhere else. */
  async #sendFollowing(request: HttpRequest, token: string): Promise<Response<string>> {
    const url = new URL(request.path, this.#options.url);
    const response = await this.#send(request, url, token);
    const { location } = response.headers;
    if (response.statusCode !== 307 || location === undefined) return response;
    const target = new URL(location, url);
    return target.origin === url.origin ? this.#send(request, target, token) : response;
  }

  async #send(request: HttpRequest, url: URL, token: string): Promise<Response<string>> {
    const tooLong = new AbortController();
    const isWrite = request.method !== "GET";
    const pending = this.#got(url, {
      method: request.method,
      headers: { authorization: `Bearer ${token}` },
      ...(request.json === undefined ? {} : { json: request.json }),
      signal: tooLong.signal,
      hooks: { beforeRequest: isWrite ? [() => this.#options.guard()] : [] },
    });
    void pending.on("downloadProgress", ({ transferred }) => {
      if (transferred > MAX_BODY_BYTES) tooLong.abort();
    });
    return pending;
  }

  #report({ operation }: HttpRequest, code: string, startedMs: number): void {
    this.#options.onOutcome({ operation, code, durationMs: this.#options.now() - startedMs });
  }
}

/** A got error carries the Authorization header, so nothing of it but its code and a cleaned message goes on. */
function convert(
  error: unknown,
  { operation, isCreate, method }: HttpRequest,
): { error: ProviderError; code: string } {
  const cause = rootOf(error);
  if (cause instanceof ProviderError) return { error: cause, code: "guarded" };
  const code = codeOf(error);
  const message = `${operation}: ${cleanWords(describe(code, error))}`;
  const isOpen = isCreate === true && method === "POST" && !NEVER_SENT.has(code);
  return { error: new ProviderError(isOpen ? "unknown-outcome" : "unavailable", message), code };
}

function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

function codeOf(error: unknown): string {
  return error instanceof RequestError ? error.code : "ERROR";
}

function describe(code: string, error: unknown): string {
  switch (code) {
    case "ETIMEDOUT":
      return "no answer in time";
    case "ECONNREFUSED":
      return "connection refused";
    case "ECONNRESET":
      return "the connection was cut";
    default:
      return `${code} ${error instanceof Error && !(error instanceof RequestError) ? error.message : ""}`.trim();
  }
}
