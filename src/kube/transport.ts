import { isDeepStrictEqual } from "node:util";
import { performance } from "node:perf_hooks";
import type { KubeConfig } from "@kubernetes/client-node";
import { Agent, type Dispatcher } from "undici";
import { type Credentials, readCredentials } from "./credentials.ts";
import { KubeError } from "./errors.ts";
import { readLines } from "./read-lines.ts";

export interface KubeRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
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
  readonly durationMs: number;
}

export interface TransportOptions {
  readonly kubeConfig: KubeConfig;
  readonly userAgent: string;
  readonly requestTimeoutMs?: number;
  readonly onRequest?: (outcome: RequestOutcome) => void;
}

const CONNECT_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Service account tokens are replaced by the kubelet well before they expire; client-go looks once a minute as well. */
const REREAD_AFTER_MS = 60_000;
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Requests to one API server over one agent with keep-alive connections. client-node's own opens a TLS connection per request.
 * The agent is made anew when the certificates change; a 401 has the credentials read anew, once.
 */
export class KubeTransport {
  readonly #options: TransportOptions;
  #credentials: Credentials | undefined;
  #readAtMs = -Infinity;
  #agent: Agent | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Sends a request and reads the whole answer, whatever its status. Rejects with a KubeError where there is no answer. */
  async send(request: KubeRequest): Promise<KubeResponse> {
    const response = await this.#dispatch(request, request.timeoutMs ?? this.#timeoutMs);
    const text = await readText(response, what(request));
    const header = response.headers["retry-after"];
    return {
      status: response.statusCode,
      retryAfter: typeof header === "string" ? header : undefined,
      body: parse(text),
    };
  }

  /**
   * Opens a stream of lines, as a watch is one. Rejects with a KubeError where it does not open with 200; the lines throw when it breaks.
   */
  async stream(request: KubeRequest): Promise<AsyncIterable<string> | KubeResponse> {
    const response = await this.#dispatch(request, 0);
    if (response.statusCode === 200) return readLines(response.body);
    const body = parse(await readText(response, what(request)));
    return { status: response.statusCode, retryAfter: undefined, body };
  }

  async close(): Promise<void> {
    await this.#agent?.destroy();
  }

  get #timeoutMs(): number {
    return this.#options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  }

  async #dispatch(request: KubeRequest, bodyTimeout: number): Promise<Dispatcher.ResponseData> {
    const first = await this.#exchange(request, bodyTimeout);
    if (first.statusCode !== 401) return first;
    const before = this.#credentials;
    this.#readAtMs = -Infinity;
    await this.#connect();
    if (isDeepStrictEqual(before, this.#credentials)) return first;
    first.body.destroy();
    return this.#exchange(request, bodyTimeout);
  }

  async #exchange(request: KubeRequest, bodyTimeout: number): Promise<Dispatcher.ResponseData> {
    const { agent, credentials } = await this.#connect();
    const startedMs = performance.now();
    const told = (code: string): void =>
      this.#options.onRequest?.({
        method: request.method,
        code,
        durationMs: performance.now() - startedMs,
      });
    try {
      const response = await agent.request({
        origin: new URL(credentials.server).origin,
        path: pathOf(credentials.server, request),
        method: request.method,
        headers: {
          ...credentials.headers,
          accept: "application/json",
          "user-agent": this.#options.userAgent,
          ...(request.body === undefined
            ? {}
            : { "content-type": request.contentType ?? "application/json" }),
        },
        body: request.body === undefined ? null : JSON.stringify(request.body),
        headersTimeout: request.timeoutMs ?? this.#timeoutMs,
        bodyTimeout,
        signal: request.signal ?? null,
      });
      told(String(response.statusCode));
      return response;
    } catch (error) {
      request.signal?.throwIfAborted();
      told("error");
      throw unavailable(what(request), error);
    }
  }

  async #connect(): Promise<{ agent: Agent; credentials: Credentials }> {
    const isFresh = performance.now() - this.#readAtMs < REREAD_AFTER_MS;
    if (this.#credentials !== undefined && this.#agent !== undefined && isFresh) {
      return { agent: this.#agent, credentials: this.#credentials };
    }
    const credentials = await readCredentials(this.#options.kubeConfig);
    if (this.#agent === undefined || !isDeepStrictEqual(credentials.tls, this.#credentials?.tls)) {
      // Streams on the old agent end by themselves; closing it would cut requests under way.
      this.#agent = new Agent({
        connect: { ...credentials.tls, timeout: CONNECT_TIMEOUT_MS },
        connections: 64,
      });
    }
    this.#credentials = credentials;
    this.#readAtMs = performance.now();
    return { agent: this.#agent, credentials };
  }
}

function pathOf(server: string, { path, query }: KubeRequest): string {
  const prefix = new URL(server).pathname.replace(/\/$/, "");
  const search = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
  return `${prefix}${path}${search}`;
}

async function readText({ body }: Dispatcher.ResponseData, doing: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      const buffer: Buffer = Buffer.from(chunk);
      bytes += buffer.length;
      if (bytes > MAX_BODY_BYTES) throw new Error("the answer is too long");
      chunks.push(buffer);
    }
  } catch (error) {
    throw unavailable(doing, error);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function what({ method, path }: KubeRequest): string {
  return `${method} ${path}`;
}

function unavailable(doing: string, error: unknown): KubeError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  return new KubeError(
    "unavailable",
    `${doing}: the API server cannot be reached: ${code} ${message}`.trim(),
  );
}
