import type { AccountClient, AccountFacts, AccountRemarks } from "../account-port.ts";
import { HttpClient, type HttpClientOptions } from "../http.ts";
import { Lanes, type LanesOptions } from "../lanes.ts";
import type { RemoteKind } from "../port.ts";
import { billed } from "./billed.ts";
import { Bills } from "./bills.ts";
import { inspect, type Inspection } from "./inspection.ts";
import { readFacts } from "./account-facts.ts";
import { instanceKind, remoteInstances } from "./instance.ts";
import { type ContractTiming, ContractWatch } from "./contract-watch.ts";
import { AS_DOCUMENTED, fetchDescription, type LiveDescription } from "./live-description.ts";
import { namespaceKind, remoteNamespaces } from "./namespace.ts";
import { readOwner } from "./owner.ts";
import { hpcParkRefusal } from "./refusal.ts";
import { remoteStorages, storageKind } from "./storage.ts";
import { hasConsequences, remarksOf } from "./terms.ts";
import { remoteTokens, tokenKind } from "./token.ts";

export interface AccountOptions extends Omit<
  HttpClientOptions,
  "lanes" | "readOwner" | "refusalIn" | "signIn"
> {
  /** Left out: its own. */
  readonly lanes?: Lanes;
  /** See `AccountOpening`. */
  readonly isForInspection?: true;
  readonly requestsPerSecond: number;
  readonly onTurn: LanesOptions["onTurn"];
  readonly random: () => number;
  readonly wallClock: () => Date;
  /** The service says something else of itself than before, or something for the first time. */
  readonly onDescription: (description: LiveDescription, url: string) => void;
  /** It means something else for what is decided: all of it is to be decided upon anew. */
  readonly onConsequences: () => void;
  /** Its description of itself could not be read; that is tried again. */
  readonly onNoDescription: (error: unknown) => void;
  readonly contractTiming: ContractTiming;
  /** Between readings of the bill, in milliseconds. */
  readonly billingIntervalMs: number;
  readonly signal: AbortSignal;
}

/** Requests at a time; more would only wait at the rate limit, fewer would let one slow answer hold up the rest. */
const CONCURRENCY = 8;

const STATE_PATH = "/v1/instance/{id}/state/";
const STATE_OPERATION = `PATCH ${STATE_PATH}`;
/** Nothing waits longer for a pause than for an answer: who waits cannot say that nothing is seen any more. */
export function lanesFor(
  options: Pick<AccountOptions, "requestsPerSecond" | "timeoutMs" | "onTurn" | "now" | "random">,
): Lanes {
  const { requestsPerSecond, timeoutMs, onTurn, now, random } = options;
  const limits = { concurrency: CONCURRENCY, patienceMs: timeoutMs };
  return new Lanes({ requestsPerSecond, onTurn, now, random, ...limits });
}

/** One endpoint of HPC Park with one credential. */
export class HpcParkAccount implements AccountClient {
  readonly #http: HttpClient;
  readonly #lanes: Lanes;
  readonly #options: AccountOptions;
  readonly #contract: ContractWatch;
  readonly #bills: Bills;

  constructor(options: AccountOptions) {
    this.#options = options;
    this.#lanes = options.lanes ?? lanesFor(options);
    this.#http = new HttpClient({
      ...options,
      lanes: this.#lanes,
      refusalIn: hpcParkRefusal,
      // An inspection asks whose the token is by itself.
      ...(options.isForInspection === undefined ? { readOwner } : {}),
    });
    this.#contract = new ContractWatch({
      fetch: () => fetchDescription(this.#http, options.signal),
      onDescription: (description, before) => {
        options.onDescription(description, options.url);
        if (hasConsequences(description) || hasConsequences(before)) options.onConsequences();
      },
      onFailure: options.onNoDescription,
      timing: options.contractTiming,
      signal: options.signal,
    });
    this.#bills = new Bills({
      http: this.#http,
      againMs: options.billingIntervalMs,
      wallClock: options.wallClock,
      onBill: options.onConsequences,
      now: options.now,
      signal: options.signal,
    });
  }

  /** The kinds of this account, by the name of their resources. */
  remotes(): ReadonlyMap<string, RemoteKind> {
    const http = this.#http;
    const { now } = this.#options;
    const contract = this.#contract;
    // What saves money does not wait for a description that cannot be read.
    const statePath = async (id: string): Promise<string> => {
      const { paths } = await this.describe().catch(() => AS_DOCUMENTED);
      return (paths[STATE_OPERATION] ?? STATE_PATH).replace("{id}", id);
    };
    const instance = remoteInstances({ http, statePath, contract });
    const storage = remoteStorages(http, contract);
    return new Map([
      [instanceKind.kind, billed(instance, "instance", this.#bills, now)],
      [storageKind.kind, billed(storage, "storage", this.#bills, now)],
      [namespaceKind.kind, remoteNamespaces(http, contract, { instance, storage })],
      [tokenKind.kind, remoteTokens(http, contract)],
    ]);
  }

  /** What waits, and what may start. */
  get load(): Pick<Lanes, "waiting" | "left" | "perSecond"> {
    return this.#lanes;
  }

  /** What the service says of itself; asked where it is not known yet. */
  async describe(): Promise<LiveDescription> {
    return this.#contract.known ?? this.#contract.read();
  }

  /** Looks at everything that a person wants to know of the account; changes nothing. */
  inspect(signal: AbortSignal): Promise<Inspection> {
    return inspect(this.#http, () => this.describe(), signal);
  }

  get remarks(): AccountRemarks {
    return remarksOf(this.#contract.known);
  }

  facts(signal: AbortSignal): Promise<AccountFacts> {
    return readFacts(this.#http, this.#options.wallClock(), signal);
  }

  /** Reads what the service says of itself and what it bills, now and again, until the signal aborts. */
  async keepInformed(): Promise<void> {
    await Promise.all([this.#contract.run(), this.#bills.run()]);
  }

  close(): void {
    if (this.#options.lanes === undefined) this.#lanes.close();
    this.#http.close();
  }
}
