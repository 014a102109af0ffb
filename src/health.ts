import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { Registry } from "prom-client";

/** Why the process cannot work at present, each in a sentence; empty when it can. */
export type Readiness = () => readonly string[];

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  readonly readiness: Readiness;
  readonly registry: Registry;
  /** Brings gauges up to date before they are read. */
  readonly beforeMetrics: () => void;
}

export interface HealthServer {
  /** `http://host:port`; the port is the one that was really taken. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves /healthz (the process lives), /readyz (it can work, or why not) and /metrics. */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch(() => response.destroy());
  });
  server.listen(options.port, options.host);
  await once(server, "listening");
  return { url: `http://${options.host}:${portOf(server)}`, close: () => close(server) };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { readiness, registry, beforeMetrics }: HealthOptions,
): Promise<void> {
  switch (request.url?.split("?")[0]) {
    case "/healthz":
      response.end("ok\n");
      return;
    case "/readyz": {
      const faults = readiness();
      response.writeHead(faults.length === 0 ? 200 : 503);
      response.end(faults.length === 0 ? "ok\n" : `${faults.join("\n")}\n`);
      return;
    }
    case "/metrics": {
      beforeMetrics();
      response.setHeader("content-type", registry.contentType);
      response.end(await registry.metrics());
      return;
    }
    default:
      response.writeHead(404).end("not found; there are /healthz, /readyz and /metrics\n");
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}
