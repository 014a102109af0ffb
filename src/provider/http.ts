import type { ClientRequest } from "node:http";
import got, { type Got, type Method, type Response } from "got";
import type { CredentialName } from "../core/credential.ts";
import type { Sealed } from "../core/sealed.ts";
import { CredentialNames, type Owner } from "./credential-names.ts";
import { ProviderError } from "./errors.ts";
import { type Agents, establishedAgents } from "./established-agents.ts";
import { convert } from "./http-error.ts";
import type { Lane } from "./lane-queue.ts";
import type { Lanes } from "./lanes.ts";
import { isJson, parseRetryAfter, readResponse } from "./response.ts";

/**
 * The longest answer that is read. Ten thousand instances are about 5 MB; the worst that JSON of this length can be takes some
 * 200 MB to parse.
 */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

export interface HttpRequest {
  readonly method: Method;
  /** Begins with a slash; relative to the account's URL. */
  readonly path: string;
  /** For messages and metrics, such as `create instance`. Bounded: no ids. */
  readonly operation: string;
  readonly lane: Lane;
  readonly json?: unknown;
  /** A readable success is returned as the bytes of its JSON: a list is too long to be parsed in one go. */
  readonly isList?: true;
  /** The request makes something: see `RemoteKind.create`. */
  readonly isCreate?: boolean;
  /** Sent in the place of the account's credential, to see whether it works. */
  readonly bearer?: Sealed;
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
  /** Asked once where the server refuses a token: another one, or undefined where there is none. */
  readonly otherToken?: (refused: string) => Promise<string | undefined>;
  readonly lanes: Lanes;
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Asks the provider whose token it is. Left out: nothing is known of it. */
  readonly readOwner?: (
    ask: (path: string, operation: string) => Promise<unknown>,
  ) => Promise<Owner>;
  /** Certificate authorities in PEM, trusted beside those of the system. */
  readonly ca?: string | undefined;
  /** Called last before a request that changes something leaves; throws where this process may not write any more. */
  readonly guard: () => void;
  readonly onOutcome: (outcome: HttpOutcome) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/**
 * Speaks JSON over HTTP with one account. Never repeats a request, since the workqueue is the retry; but what was refused for its token, and
 * so was not done, is sent again with another one where there is any.
 */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #got: Got;
  readonly #agents: Agents;
  readonly #names: CredentialNames;
  #credential: CredentialName | undefined;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#agents = establishedAgents(options.ca);
    this.#names = new CredentialNames(options.now);
    this.#got = got.extend({
      agent: this.#agents,
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      // Nothing is unpacked, so no answer is larger in memory than it was on the way.
      decompress: false,
      headers: {
        "user-agent": options.userAgent,
        accept: "application/json",
        "accept-encoding": "identity",
      },
    });
  }

  /** Name of the token that the latest request carried; undefined before the first. */
  get credential(): CredentialName | undefined {
    return this.#credential;
  }

  /**
   * Sends one request in its turn and reads the answer.
   *
   * @param precondition Asked when its turn has come and `credential` is the one it will carry; where it rejects, nothing is sent.
   * @returns the parsed body, or undefined for a documented 404.
   * @throws ProviderError, the precondition's error, or the signal's reason when it aborts before the request started.
   */
  async request(
    request: HttpRequest,
    signal: AbortSignal,
    precondition?: () => Promise<void>,
  ): Promise<unknown> {
    return this.#options.lanes.run(request.lane, signal, async () => {
      if (request.bearer !== undefined) return this.#exchange(request, request.bearer.open());
      const token = await this.#options.token();
      try {
        return await this.#sendWith(token, request, precondition);
      } catch (error) {
        if (!isTokenRefused(error)) throw error;
        const other = await this.#options.otherToken?.(token);
        if (other === undefined || other === token) throw error;
        return this.#sendWith(other, request, precondition);
      }
    });
  }

  async #sendWith(
    token: string,
    request: HttpRequest,
    precondition: (() => Promise<void>) | undefined,
  ): Promise<unknown> {
    this.#credential = await this.#names.of(token, () => this.#readOwner(token));
    await precondition?.();
    return this.#exchange(request, token);
  }

  async #readOwner(token: string): Promise<Owner> {
    const ask = (path: string, operation: string): Promise<unknown> =>
      this.#exchange({ method: "GET", path, operation, lane: "observe" }, token);
    return this.#options.readOwner?.(ask);
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  async #exchange(request: HttpRequest, token: string): Promise<unknown> {
    const startedMs = this.#options.now();
    try {
      const response = await this.#sendFollowing(request, token);
      this.#report(request, String(response.statusCode), startedMs);
      const nowMs = dateOf(response);
      if (response.statusCode === 429) {
        this.#options.lanes.pause(parseRetryAfter(response.headers["retry-after"], nowMs));
      }
      if (request.isList === true && isReadableSuccess(response)) return response.rawBody;
      return readResponse(
        {
          method: request.method,
          status: response.statusCode,
          contentType: response.headers["content-type"] ?? "",
          retryAfter: response.headers["retry-after"],
          text: Buffer.from(response.rawBody).toString("utf8"),
          token,
        },
        request.operation,
        request.isCreate ?? false,
        nowMs,
      );
    } catch (error) {
      if (error instanceof ProviderError) throw error;
      const converted = convert(error, request);
      this.#report(request, converted.code, startedMs);
      throw converted.error;
    }
  }

  /** A path with the wrong trailing slash gets a 307 to the right one, on the same server; the token goes nowhere else. */
  async #sendFollowing(request: HttpRequest, token: string): Promise<Response<Uint8Array>> {
    const url = new URL(`${this.#options.url.replace(/\/+$/, "")}${request.path}`);
    const deadlineMs = this.#options.now() + this.#options.timeoutMs;
    const response = await this.#send(request, url, token, deadlineMs);
    const { location } = response.headers;
    if (response.statusCode !== 307 || location === undefined) return response;
    const target = new URL(location, url);
    // Both together take no longer than one may: the quiet time counts on it.
    return target.origin === url.origin ? this.#send(request, target, token, deadlineMs) : response;
  }

  async #send(
    request: HttpRequest,
    url: URL,
    token: string,
    deadlineMs: number,
  ): Promise<Response<Uint8Array>> {
    const tooLong = new AbortController();
    const isWrite = request.method !== "GET";
    const pending = this.#got(url, {
      responseType: "buffer",
      method: request.method,
      headers: { authorization: `Bearer ${token}` },
      ...(request.json === undefined ? {} : { json: request.json }),
      timeout: { request: Math.max(deadlineMs - this.#options.now(), 1) },
      signal: tooLong.signal,
    });
    if (isWrite) void pending.on("request", (sent) => this.#guardFirstByte(sent));
    void pending.on("downloadProgress", ({ transferred }) => {
      if (transferred > MAX_BODY_BYTES) tooLong.abort();
    });
    return pending;
  }

  /** The socket stands when a request gets it, and what is written leaves in the same turn. */
  #guardFirstByte(request: ClientRequest): void {
    request.once("socket", () => {
      try {
        this.#options.guard();
      } catch (error) {
        request.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #report({ operation }: HttpRequest, code: string, startedMs: number): void {
    this.#options.onOutcome({ operation, code, durationMs: this.#options.now() - startedMs });
  }
}

/** A documented refusal: nothing was done. What a gateway answers in the service's stead is of another kind where it matters. */
function isTokenRefused(error: unknown): boolean {
  return error instanceof ProviderError && error.kind === "unauthorized" && error.status === 401;
}

function isReadableSuccess({ statusCode, headers }: Response): boolean {
  return statusCode === 200 && isJson(headers["content-type"] ?? "");
}

/** The other side's wall clock: a Retry-After that is a date is one of that clock, whatever ours says. */
function dateOf({ headers }: Response): number {
  const dateMs = Date.parse(headers.date ?? "");
  return Number.isNaN(dateMs) ? Date.now() : dateMs;
}
