import { isDeepStrictEqual } from "node:util";
import { setTimeout as delay } from "node:timers/promises";
import { AS_DOCUMENTED, type LiveDescription } from "./live-description.ts";

/** What is known of the service from its own description. */
export interface Contract {
  /** The same object as long as the service says the same; undefined where it never could be read. */
  readonly known: LiveDescription | undefined;
  /** What is known once it was tried to read it; where that fails, what is documented. */
  readonly tried: () => Promise<LiveDescription>;
}

/** A service that says nothing of itself. */
export const UNDESCRIBED: Contract = { known: undefined, tried: async () => AS_DOCUMENTED };

export interface ContractWatchOptions {
  readonly fetch: () => Promise<LiveDescription>;
  /** The service says something else than before, or something for the first time. */
  readonly onDescription: (
    description: LiveDescription,
    before: LiveDescription | undefined,
  ) => void;
  readonly onFailure: (error: unknown) => void;
  readonly timing: ContractTiming;
  readonly signal: AbortSignal;
}

/** In milliseconds. */
export interface ContractTiming {
  /** Between readings. */
  readonly againMs: number;
  /** Between readings while writes are stopped, so that they go on soon after the service is mended. */
  readonly haltedMs: number;
  readonly afterFailureMs: number;
}

/** Keeps what a service says of itself. A reading that fails changes nothing of what is known. */
export class ContractWatch implements Contract {
  readonly #options: ContractWatchOptions;
  #known: LiveDescription | undefined;
  #reading: Promise<LiveDescription> | undefined;
  #first: Promise<unknown> | undefined;

  constructor(options: ContractWatchOptions) {
    this.#options = options;
  }

  get known(): LiveDescription | undefined {
    return this.#known;
  }

  async tried(): Promise<LiveDescription> {
    this.#first ??= this.read().catch(() => undefined);
    await this.#first;
    return this.#known ?? AS_DOCUMENTED;
  }

  /** Asks now; whoever comes meanwhile shares the answer. Rejects with what the request failed with. */
  read(): Promise<LiveDescription> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Reads now and again until the signal aborts. */
  async run(): Promise<void> {
    const { signal, onFailure } = this.#options;
    while (!signal.aborted) {
      let waitMs = this.#options.timing.afterFailureMs;
      try {
        await this.read();
        waitMs = this.#waitMs();
      } catch (error) {
        if (!signal.aborted) onFailure(error);
      }
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  #waitMs(): number {
    const { againMs, haltedMs } = this.#options.timing;
    const differences = this.#known?.differences ?? [];
    return differences.every(({ severity }) => severity === "note") ? againMs : haltedMs;
  }

  async #read(): Promise<LiveDescription> {
    const description = await this.#options.fetch();
    const before = this.#known;
    if (before !== undefined && isDeepStrictEqual(before, description)) return before;
    this.#known = description;
    this.#options.onDescription(description, before);
    return description;
  }
}
