import { performance } from "node:perf_hooks";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Agent, Dispatcher } from "undici";
import type { RequestTrace, TraceRequest } from "../core/tracing.ts";
import { type Connection, Connector } from "./connector.ts";
import { Deadline } from "./deadline.ts";
import { KubeError } from "./errors.ts";
import { readBody } from "./read-body.ts";
import { readLines } from "./read-lines.ts";

export interface KubeRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** For traces, such as `patch …/status`; without it the request is not traced. Bounded: no names. */
  readonly operation?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface KubeResponse {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Parsed JSON, or the text where it is none. */
  readonly body: unknown;
}

export interface RequestOutcome {
  readonly method: string;
  /** HTTP status, or `error` where there was no answer. */
  readonly code: string;
  /** Until the answer began. */
  readonly durationMs: number;
}

export interface TransportOptions {
  readonly kubeConfig: KubeConfig;
  readonly userAgent: string;
  readonly requestTimeoutMs?: number;
  readonly onRequest?: (outcome: RequestOutcome) => void;
  readonly traceRequest?: TraceRequest | undefined;
}

const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Requests to one API server over one agent with keep-alive connections. client-node's own opens a TLS connection per request.
 * A 401 has the credentials read anew, and the request sent once more where they are others. Redirects are not followed.
 */
export class KubeTransport {
  readonly #options: TransportOptions;
  readonly #connector: Connector;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#connector = new Connector(options.kubeConfig);
  }

  /**
   * Sends a request and reads the whole answer, whatever its status; the timeout counts for all of it. Rejects with a KubeError
   * where there is no answer, or with the signal's reason.
   */
  async send(request: KubeRequest): Promise<KubeResponse> {
    using deadline = this.#deadlineOf(request);
    // Awaited here: the deadline ends with this block.
    return await this.#failingAsKubeError(request, deadline, async () =>
      answerOf(await this.#dispatch(request, deadline)),
    );
  }

  /**
   * Opens a stream of lines, as a watch is one. An answer other than 200 is returned as `send` would; the lines throw when the
   * stream breaks or the signal aborts.
   */
  async stream(request: KubeRequest): Promise<AsyncIterable<string> | KubeResponse> {
    const deadline = this.#deadlineOf(request);
    const opened = await this.#failingAsKubeError(request, deadline, async () => {
      const response = await this.#dispatch(request, deadline, "streams");
      return response.statusCode === 200 ? response : answerOf(response);
    }).catch((error: unknown) => {
      deadline[Symbol.dispose]();
      throw error;
    });
    deadline.lift();
    if ("statusCode" in opened) return disposing(deadline, readLines(opened.body));
    deadline[Symbol.dispose]();
    return opened;
  }

  /** Cuts what is still under way. */
  async close(): Promise<void> {
    await this.#connector.close();
  }

  #deadlineOf({ timeoutMs, signal }: KubeRequest): Deadline {
    return new Deadline(timeoutMs ?? this.#options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS, signal);
  }

  async #failingAsKubeError<Result>(
    request: KubeRequest,
    { signal }: Deadline,
    work: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof KubeError) throw error;
      throw unavailable(request, signal.aborted ? signal.reason : error);
    }
  }

  async #dispatch(
    request: KubeRequest,
    deadline: Deadline,
    over: "agent" | "streams" = "agent",
  ): Promise<Dispatcher.ResponseData> {
    const connection = await deadline.over(this.#connector.connect());
    const first = await this.#exchange(request, connection, connection[over], deadline.signal);
    if (first.statusCode !== 401) return first;
    const other = await deadline.over(this.#connector.reconnect(connection));
    if (other === undefined) return first;
    await first.body.dump();
    return this.#exchange(request, other, other[over], deadline.signal);
  }

  async #exchange(
    request: KubeRequest,
    { credentials }: Connection,
    agent: Agent,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const { userAgent, onRequest } = this.#options;
    const { method, body, contentType = "application/json" } = request;
    const startedMs = performance.now();
    const trace = this.#traceOf(request, credentials.server);
    let code = "error";
    try {
      const response = await agent.request({
        origin: new URL(credentials.server).origin,
        path: pathOf(credentials.server, request),
        method,
        headers: {
          ...trace?.headers,
          ...credentials.headers,
          accept: "application/json",
          "user-agent": userAgent,
          ...(body === undefined ? {} : { "content-type": contentType }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        // The deadline is the only clock: undici's own would cut a watch that is silent for five minutes.
        headersTimeout: 0,
        bodyTimeout: 0,
        signal,
      });
      code = String(response.statusCode);
      trace?.end({ status: response.statusCode });
      return response;
    } catch (error) {
      trace?.end({ error });
      throw error;
    } finally {
      if (request.signal?.aborted !== true) {
        onRequest?.({ method, code, durationMs: performance.now() - startedMs });
      }
    }
  }

  #traceOf(request: KubeRequest, server: string): RequestTrace | undefined {
    const { traceRequest } = this.#options;
    const { operation, method } = request;
    if (traceRequest === undefined || operation === undefined) return undefined;
    return traceRequest({ operation, method, url: new URL(pathOf(server, request), server) });
  }
}

async function answerOf({
  statusCode,
  headers,
  body,
}: Dispatcher.ResponseData): Promise<KubeResponse> {
  const retryAfter = headers["retry-after"];
  return {
    status: statusCode,
    retryAfter: typeof retryAfter === "string" ? retryAfter : undefined,
    body: await readBody(body),
  };
}

async function* disposing(
  deadline: Deadline,
  lines: AsyncIterable<string>,
): AsyncGenerator<string> {
  using _ = deadline;
  yield* lines;
}

function pathOf(server: string, { path, query }: KubeRequest): string {
  const prefix = new URL(server).pathname.replace(/\/$/, "");
  const search = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
  return `${prefix}${path}${search}`;
}

function unavailable({ method, path }: KubeRequest, error: unknown): KubeError {
  const code = error instanceof Error && "code" in error ? `${String(error.code)} ` : "";
  const message = error instanceof Error ? error.message : String(error);
  return new KubeError(
    "unavailable",
    `${method} ${path}: the API server cannot be reached: ${code}${message}`,
  );
}
