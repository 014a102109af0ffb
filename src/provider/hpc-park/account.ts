import type { AccountClient, AccountFacts } from "../account-port.ts";
import { HttpClient, type HttpClientOptions } from "../http.ts";
import type { Lane } from "../lane-queue.ts";
import { Lanes } from "../lanes.ts";
import type { RemoteKind } from "../port.ts";
import { readFacts } from "./account-facts.ts";
import { instanceKind, remoteInstances } from "./instance.ts";
import { AS_DOCUMENTED, fetchDescription, type LiveDescription } from "./live-description.ts";
import { readOwner } from "./owner.ts";
import { remoteStorages, storageKind } from "./storage.ts";

export interface AccountOptions extends Omit<HttpClientOptions, "lanes" | "readOwner"> {
  /** Left out: its own. */
  readonly lanes?: Lanes;
  /** See `AccountOpening`. */
  readonly isForInspection?: true;
  readonly requestsPerSecond: number;
  readonly random: () => number;
  readonly wallClock: () => Date;
  /** Called once the service's own description was read. */
  readonly onDescription: (description: LiveDescription) => void;
  readonly signal: AbortSignal;
}

/** Requests at a time; more would only wait at the rate limit, fewer would let one slow answer hold up the rest. */
const CONCURRENCY = 8;

/** Nothing waits longer for a pause than for an answer: who waits cannot say that nothing is seen any more. */
export function lanesFor(
  options: Pick<AccountOptions, "requestsPerSecond" | "timeoutMs" | "now" | "random">,
): Lanes {
  const { requestsPerSecond, timeoutMs, now, random } = options;
  const limits = { concurrency: CONCURRENCY, patienceMs: timeoutMs };
  return new Lanes({ requestsPerSecond, now, random, ...limits });
}

/** One endpoint of HPC Park with one credential. */
export class HpcParkAccount implements AccountClient {
  readonly #http: HttpClient;
  readonly #lanes: Lanes;
  readonly #options: AccountOptions;
  #description: Promise<LiveDescription> | undefined;

  constructor(options: AccountOptions) {
    this.#options = options;
    this.#lanes = options.lanes ?? lanesFor(options);
    this.#http = new HttpClient({
      ...options,
      lanes: this.#lanes,
      // An inspection asks whose the token is by itself.
      ...(options.isForInspection === undefined ? { readOwner } : {}),
    });
  }

  /** The kinds of this account, by the name of their resources. */
  remotes(): ReadonlyMap<string, RemoteKind> {
    const http = this.#http;
    // What saves money does not wait for a description that cannot be read.
    const statePath = async (id: string): Promise<string> =>
      (await this.describe().catch(() => AS_DOCUMENTED)).statePath.replace("{id}", id);
    return new Map([
      [instanceKind.kind, remoteInstances({ http, statePath })],
      [storageKind.kind, remoteStorages(http)],
    ]);
  }

  /** Requests that wait for their turn in a lane. */
  waiting(lane: Lane): number {
    return this.#lanes.waiting(lane);
  }

  inspect(signal: AbortSignal): Promise<AccountFacts> {
    return readFacts(this.#http, this.#options.wallClock(), signal);
  }

  /** What the service says of itself; asked once, and again only after a failure. */
  describe(): Promise<LiveDescription> {
    this.#description ??= this.#fetch();
    return this.#description;
  }

  close(): void {
    if (this.#options.lanes === undefined) this.#lanes.close();
    this.#http.close();
  }

  async #fetch(): Promise<LiveDescription> {
    try {
      const description = await fetchDescription(this.#http, this.#options.signal);
      this.#options.onDescription(description);
      return description;
    } catch (error) {
      this.#description = undefined;
      throw error;
    }
  }
}
