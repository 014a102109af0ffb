import { performance } from "node:perf_hooks";
import { isDeepStrictEqual } from "node:util";
import type { KubeConfig } from "@kubernetes/client-node";
import { Agent } from "undici";
import { CredentialReader, type Credentials } from "./credentials.ts";

export interface Connection {
  readonly agent: Agent;
  /** For watches, each of which holds a connection for long: they must not take those of requests. */
  readonly streams: Agent;
  readonly credentials: Credentials;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** More than any load of one operator needs. */
const MAX_CONNECTIONS = 64;
/** Service account tokens are replaced by the kubelet well before they expire; client-go looks once a minute as well. */
const REREAD_AFTER_MS = 60_000;
/** Where many requests are refused at once, one look serves them all; a plugin is not run for each. */
const MIN_REREAD_MS = 1_000;

/**
 * The one agent and the credentials in use. Both are replaced when what they are made of has changed.
 *
 * Credentials of a certain age are read anew beside the work: a plugin that is slow then costs no request its time.
 */
export class Connector {
  readonly #reader: CredentialReader;
  readonly #old = new Set<Agent>();
  #connection: Connection | undefined;
  #reading: Promise<Connection> | undefined;
  #readAtMs = -Infinity;

  constructor(kubeConfig: KubeConfig) {
    this.#reader = new CredentialReader(kubeConfig);
  }

  async connect(): Promise<Connection> {
    const known = this.#connection;
    if (known === undefined) return this.#read(false);
    // A failure changes nothing: what is known stays in use until the API server refuses it.
    if (performance.now() - this.#readAtMs >= REREAD_AFTER_MS) this.#read(false).catch(() => {});
    return known;
  }

  /** After a 401: a connection with other credentials, or undefined where there are none. */
  async reconnect(refused: Connection): Promise<Connection | undefined> {
    const isOther = (one: Connection | undefined): boolean =>
      one !== undefined && !isDeepStrictEqual(one.credentials, refused.credentials);
    // Someone else may have met the same refusal before, or be reading just now.
    await this.#reading?.catch(() => undefined);
    if (isOther(this.#connection)) return this.#connection;
    if (performance.now() - this.#readAtMs < MIN_REREAD_MS) return undefined;
    const connection = await this.#read(true).catch(() => undefined);
    return isOther(connection) ? connection : undefined;
  }

  async close(): Promise<void> {
    const { agent, streams } = this.#connection ?? {};
    const agents = [...this.#old, agent, streams].filter((one) => one !== undefined);
    await Promise.all(agents.map((one) => one.destroy()));
  }

  #read(isRefused: boolean): Promise<Connection> {
    this.#reading ??= this.#replace(isRefused).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #replace(isRefused: boolean): Promise<Connection> {
    const before = this.#connection;
    try {
      const credentials = await this.#reader.read(isRefused);
      const isSameTls = isDeepStrictEqual(credentials.tls, before?.credentials.tls);
      const connection =
        before !== undefined && isSameTls
          ? { ...before, credentials }
          : { ...agentsFor(credentials), credentials };
      this.#connection = connection;
      if (before !== undefined && before.agent !== connection.agent) {
        this.#retire(before.agent);
        this.#retire(before.streams);
      }
      return connection;
    } finally {
      this.#readAtMs = performance.now();
    }
  }

  /** Requests and watches under way go on over the old agent; it closes when they have ended. */
  #retire(agent: Agent): void {
    this.#old.add(agent);
    void agent
      .close()
      .catch(() => undefined)
      .finally(() => this.#old.delete(agent));
  }
}

/** HTTP/1.1: over HTTP/2 one half-open connection would silence every watch and request at once. */
function agentsFor({ tls }: Credentials): Pick<Connection, "agent" | "streams"> {
  const options = { connect: { ...tls, timeout: CONNECT_TIMEOUT_MS }, allowH2: false };
  return {
    agent: new Agent({ ...options, connections: MAX_CONNECTIONS }),
    streams: new Agent({ ...options, connections: null }),
  };
}
