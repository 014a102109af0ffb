import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { text } from "node:stream/consumers";
import { until } from "./until.ts";

/** A span as it came over the wire, with its attributes as plain values. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1: within the process; 3: a request to another. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Code 2 is an error. */
  readonly status: { readonly code: number; readonly message?: string };
  readonly resource: Readonly<Record<string, unknown>>;
}

interface WireAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface WireSpans {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly WireAttribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<CollectedSpan, "attributes" | "resource"> & {
        readonly attributes: readonly WireAttribute[];
      })[];
    }[];
  }[];
}

type Answer = (response: ServerResponse) => void;

/** What a collector of OpenTelemetry says to a batch that it has taken. */
export const taken: Answer = (response) =>
  void response.writeHead(200, { "content-type": "application/json" }).end("{}");

/** A real HTTP server on loopback that takes spans as OTLP in JSON. */
export class TraceCollector implements AsyncDisposable {
  readonly bodies: string[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  readonly paths: string[] = [];
  answer: Answer = taken;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<TraceCollector> {
    const collector = new TraceCollector();
    collector.#server.listen(0, "127.0.0.1");
    await once(collector.#server, "listening");
    return collector;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  }

  get spans(): readonly CollectedSpan[] {
    return this.bodies.flatMap(spansIn);
  }

  /** Waits for a span, and returns it. */
  span(
    what: string,
    isIt: (span: CollectedSpan) => boolean,
    seen: () => unknown = () => this.spans.map(({ name }) => name),
  ): Promise<CollectedSpan> {
    return until(`a span: ${what}`, () => this.spans.find(isIt), { seen });
  }

  /** Connections that are open. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) =>
        error === null ? resolve(count) : reject(error),
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.headers.push(request.headers);
    this.paths.push(request.url ?? "");
    this.bodies.push(await text(request));
    this.answer(response);
  }
}

function spansIn(body: string): readonly CollectedSpan[] {
  const { resourceSpans }: WireSpans = JSON.parse(body);
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        attributes: plain(span.attributes),
        resource: plain(resource.attributes),
      })),
    ),
  );
}

function plain(attributes: readonly WireAttribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, Object.values(value).at(0)] as const),
  );
}
