import type { RequestOptions } from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
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
const MAX_MESSAGE_LENGTH = 500;

/** Reads files and runs plugins as the kubeconfig says; what comes of it may change from call to call. */
export class CredentialReader {
  #config: KubeConfig;

  constructor(config: KubeConfig) {
    this.#config = config;
  }

  /** @param isRefused The API server did not accept the last ones, so a token that a plugin still calls valid is none. */
  async read(isRefused: boolean): Promise<Credentials> {
    const server = this.#config.getCurrentCluster()?.server;
    if (server === undefined) {
      throw new KubeError("unavailable", "no cluster is configured; set KUBECONFIG");
    }
    // client-node keeps a token file's content for more than a minute, on the wall clock; we have our own interval.
    if (isRefused || this.#hasTokenFile()) this.#config = withoutCaches(this.#config);
    const options: RequestOptions = { headers: {} };
    await inTime(this.#config.applyToHTTPSOptions(options));
    return { server, headers: headersOf(options), tls: tlsOf(options) };
  }

  #hasTokenFile(): boolean {
    return this.#config.getCurrentUser()?.authProvider?.config?.tokenFile !== undefined;
  }
}

/** client-node's caches of tokens live in the KubeConfig object. */
function withoutCaches({ clusters, users, contexts, currentContext }: KubeConfig): KubeConfig {
  return Object.assign(new KubeConfig(), { clusters, users, contexts, currentContext });
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  // A token file commonly ends with a line break, which no header may hold.
  const entries = Object.entries(headers ?? {}).map(([name, value]) => [
    name,
    String(value).trim(),
  ]);
  if (typeof auth === "string") {
    entries.push(["Authorization", `Basic ${Buffer.from(auth).toString("base64")}`]);
  }
  return Object.fromEntries(entries);
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
    () => timeout.reject(new Error(`it took longer than ${READ_TIMEOUT_MS} ms`)),
    READ_TIMEOUT_MS,
  );
  try {
    await Promise.race([work, timeout.promise]);
  } catch (error) {
    throw new KubeError("unavailable", `the cluster's credentials cannot be read: ${why(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** A SyntaxError quotes what a plugin printed, and that may be a token. */
function why(error: unknown): string {
  if (error instanceof SyntaxError) return "the plugin's answer is no JSON";
  const message = error instanceof Error ? error.message : String(error);
  return message.slice(0, MAX_MESSAGE_LENGTH);
}
