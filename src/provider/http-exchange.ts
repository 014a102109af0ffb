import type { ClientRequest } from "node:http";
import got, { type Got, type Method, type Response } from "got";
import type { Sealed } from "../core/sealed.ts";
import type { RequestTrace, TraceRequest } from "../core/tracing.ts";
import { ProviderError } from "./errors.ts";
import { type Agents, establishedAgents } from "./established-agents.ts";
import { convert } from "./http-error.ts";
import type { Lane } from "./lane-queue.ts";
import type { Lanes } from "./lanes.ts";
import { isJson, parseRetryAfter, readResponse, type RefusalReader } from "./response.ts";
import type { SignIn } from "./sign-in.ts";

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
  /** Of a sign-in, which changes nothing that anybody pays for. */
  readonly form?: Readonly<Record<string, string>>;
  /** A readable success is returned as the bytes of its JSON: a list is too long to be parsed in one go. */
  readonly isList?: true;
  /** The request makes something: see `RemoteKind.create`. */
  readonly isCreate?: boolean;
  /** The request changes what must be there, and may name other things: a 404 is a refusal with words of its own. */
  readonly isChange?: true;
  /** Sent in the place of the account's credential, to see whether it works. */
  readonly bearer?: Sealed;
}

/** What a request shows at the door, and the token that it is shown for. */
export type Pass = { readonly token: string } & (
  | { readonly bearer: string }
  | { readonly authorization: string }
);

export interface HttpOutcome {
  readonly operation: string;
  /** HTTP status, or the error's code where there was no answer. */
  readonly code: string;
  readonly durationMs: number;
}

export interface HttpExchangeOptions {
  readonly url: string;
  readonly lanes: Lanes;
  readonly refusalIn: RefusalReader;
  /** Left out: requests carry the token itself. */
  readonly signIn?: SignIn;
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Certificate authorities in PEM, trusted beside those of the system. */
  readonly ca?: string | undefined;
  /** The option that `ca` comes from, for advice. */
  readonly caOption: string;
  /** Called last before a request that changes something leaves; throws where this process may not write any more. */
  readonly guard: () => void;
  readonly onOutcome: (outcome: HttpOutcome) => void;
  /** Left out: nothing is traced. */
  readonly traceRequest?: TraceRequest | undefined;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** What goes with one request, however often it is sent. */
interface Journey {
  readonly url: URL;
  readonly pass: Pass;
  readonly trace: RequestTrace | undefined;
  /** Monotonic milliseconds. */
  readonly deadlineMs: number;
}

/** One request and its answer, read by the provider's own rules. Knows nothing of turns, and sends nothing twice but where it is redirected. */
export class HttpExchange {
  readonly #options: HttpExchangeOptions;
  readonly #got: Got;
  readonly #agents: Agents;

  constructor(options: HttpExchangeOptions) {
    this.#options = options;
    this.#agents = establishedAgents(options.ca);
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

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  async send(request: HttpRequest, pass: Pass): Promise<unknown> {
    const startedMs = this.#options.now();
    const url = new URL(`${this.#options.url.replace(/\/+$/, "")}${request.path}`);
    const trace = this.#options.traceRequest?.({ ...request, url });
    let status: number | undefined;
    try {
      const deadlineMs = startedMs + this.#options.timeoutMs;
      const response = await this.#sendFollowing(request, { url, pass, trace, deadlineMs });
      status = response.statusCode;
      this.#report(request, String(status), startedMs);
      const answer = this.#read(response, request, pass);
      trace?.end({ status });
      return answer;
    } catch (error) {
      const failure = this.#failureOf(error, request, startedMs);
      trace?.end({ status, error: failure });
      throw failure;
    }
  }

  #read(response: Response<Uint8Array>, request: HttpRequest, pass: Pass): unknown {
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
        secrets: this.#secretsOf(pass),
      },
      {
        what: request.operation,
        isCreate: request.isCreate ?? false,
        isChange: request.isChange ?? false,
        wallClockMs: nowMs,
        refusalIn: this.#options.refusalIn,
      },
    );
  }

  #failureOf(error: unknown, request: HttpRequest, startedMs: number): ProviderError {
    if (error instanceof ProviderError) return error;
    const converted = convert(error, request, this.#options.caOption);
    this.#report(request, converted.code, startedMs);
    return converted.error;
  }

  /** A path with the wrong trailing slash gets a 307 to the right one, on the same server; the token goes nowhere else. */
  async #sendFollowing(request: HttpRequest, journey: Journey): Promise<Response<Uint8Array>> {
    const { url } = journey;
    const response = await this.#sendTo(request, url, journey);
    const { location } = response.headers;
    if (response.statusCode !== 307 || location === undefined) return response;
    const target = new URL(location, url);
    // Both together take no longer than one may: the quiet time counts on it.
    return target.origin === url.origin ? this.#sendTo(request, target, journey) : response;
  }

  async #sendTo(
    request: HttpRequest,
    url: URL,
    { pass, trace, deadlineMs }: Journey,
  ): Promise<Response<Uint8Array>> {
    const tooLong = new AbortController();
    const isWrite = request.method !== "GET" && request.form === undefined;
    const pending = this.#got(url, {
      responseType: "buffer",
      method: request.method,
      headers: {
        ...trace?.headers,
        authorization: "bearer" in pass ? `Bearer ${pass.bearer}` : pass.authorization,
      },
      ...(request.json === undefined ? {} : { json: request.json }),
      ...(request.form === undefined ? {} : { form: request.form }),
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

  #secretsOf(pass: Pass): readonly string[] {
    const { signIn } = this.#options;
    const shown = "bearer" in pass ? [pass.bearer] : [];
    return [...new Set([...shown, pass.token, ...(signIn?.secretsIn(pass.token) ?? [])])];
  }

  #report({ operation }: HttpRequest, code: string, startedMs: number): void {
    this.#options.onOutcome({ operation, code, durationMs: this.#options.now() - startedMs });
  }
}

function isReadableSuccess({ statusCode, headers }: Response): boolean {
  return statusCode === 200 && isJson(headers["content-type"] ?? "");
}

/** The other side's wall clock: a Retry-After that is a date is one of that clock, whatever ours says. */
function dateOf({ headers }: Response): number {
  const dateMs = Date.parse(headers.date ?? "");
  return Number.isNaN(dateMs) ? Date.now() : dateMs;
}
