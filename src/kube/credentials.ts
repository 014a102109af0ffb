import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { KubeError } from "./errors.ts";

export interface Credentials {
  readonly server: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What the TLS connection depends on; a new one is needed when it changes. */
  readonly tls: TlsSettings;
}

export interface TlsSettings {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** An exec plugin that hangs must not hang the operator. */
const READ_TIMEOUT_MS = 30_000;

/** Reads files and runs plugins as the kubeconfig says; what it returns may change from call to call. */
export async function readCredentials(config: KubeConfig): Promise<Credentials> {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new KubeError("unavailable", "no cluster is configured; set KUBECONFIG");
  }
  const options: RequestOptions = { headers: {} };
  await inTime(config.applyToHTTPSOptions(options));
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [
    name,
    String(value),
  ]);
  if (typeof options.auth === "string") {
    headers.push(["Authorization", `Basic ${Buffer.from(options.auth).toString("base64")}`]);
  }
  return { server, headers: Object.fromEntries(headers), tls: tlsOf(options) };
}

function tlsOf({ ca, cert, key, servername, rejectUnauthorized }: RequestOptions): TlsSettings {
  return {
    ...(isPem(ca) ? { ca } : {}),
    ...(isPem(cert) ? { cert } : {}),
    ...(isPem(key) ? { key } : {}),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}

function isPem(value: unknown): value is string | Buffer {
  return typeof value === "string" || Buffer.isBuffer(value);
}

async function inTime(work: Promise<void>): Promise<void> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      timeout.reject(
        new KubeError("unavailable", "reading the cluster's credentials took too long"),
      ),
    READ_TIMEOUT_MS,
  );
  try {
    await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
