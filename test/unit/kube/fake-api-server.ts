import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { KubeConfig } from "@kubernetes/client-node";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
  /** Names the connection. */
  readonly port: number | undefined;
  readonly atMs: number;
}

export type Handler = (response: ServerResponse, call: Call) => void;

/** A real HTTP server on loopback in the place of an API server; it does what a test tells it and remembers every call. */
export class FakeApiServer implements AsyncDisposable {
  readonly calls: Call[] = [];
  connections = 0;
  handler: Handler;
  readonly #server: Server;

  private constructor(handler: Handler) {
    this.handler = handler;
    this.#server = createServer((request, response) => {
      this.#receive(request, response).catch(() => response.destroy());
    });
    this.#server.on("connection", () => {
      this.connections += 1;
    });
  }

  static async start(handler: Handler): Promise<FakeApiServer> {
    const server = new FakeApiServer(handler);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get kubeConfig(): KubeConfig {
    return this.configFor({});
  }

  /** A client-node KubeConfig with what a test adds to the user and the cluster. */
  configFor(user: object, cluster: object = {}): KubeConfig {
    const address = this.#server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const config = new KubeConfig();
    const server = `http://127.0.0.1:${port}`;
    config.loadFromClusterAndUser(
      { name: "fake", server, skipTLSVerify: true, ...cluster },
      { name: "tester", ...user },
    );
    return config;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const atMs = performance.now();
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const call = {
      method: request.method ?? "",
      path: pathname,
      query: searchParams,
      authorization: request.headers.authorization,
      contentType: request.headers["content-type"],
      body: await text(request),
      port: request.socket.remotePort,
      atMs,
    };
    this.calls.push(call);
    this.handler(response, call);
  }
}

export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** A metav1.Status as the API server answers a failure. */
export function statusOf(code: number, reason: string, message = "said so"): object {
  return { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message };
}
