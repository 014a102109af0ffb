import PQueue from "p-queue";
import { type Lane, LaneQueue, LANES } from "./lane-queue.ts";

/** The longest pause that a provider's Retry-After is believed: 10 minutes. */
const MAX_PAUSE_MS = 600_000;
/** Pauses end spread over this share of their length more, so that many operators do not come back at once. */
const JITTER = 0.1;

export interface LanesOptions {
  readonly requestsPerSecond: number;
  /** Requests at a time. */
  readonly concurrency: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
}

/** The one rate-limited queue in front of an account. Urgent requests pass others; a 429 pauses the account as a whole. */
export class Lanes {
  readonly #queue: PQueue<LaneQueue>;
  readonly #options: LanesOptions;
  #pausedUntilMs = 0;
  #wake: NodeJS.Timeout | undefined;

  constructor(options: LanesOptions) {
    this.#options = options;
    this.#queue = new PQueue<LaneQueue>({
      concurrency: options.concurrency,
      interval: 1000,
      intervalCap: options.requestsPerSecond,
      strict: true,
      queueClass: LaneQueue,
    });
  }

  /**
   * Runs a request in its turn.
   *
   * An abort while it waits rejects with the signal's reason, and it never starts. Once started it runs to its end: a
   * request that costs money is not abandoned half-way, and its slot is not given away.
   */
  async run<Result>(
    lane: Lane,
    signal: AbortSignal,
    request: () => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted();
    const waiting = new AbortController();
    const giveUp = (): void => waiting.abort(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    const started = (): Promise<Result> => {
      signal.removeEventListener("abort", giveUp);
      return request();
    };
    try {
      return await this.#queue.add(started, {
        priority: LANES.indexOf(lane),
        signal: waiting.signal,
      });
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** Requests that wait for their turn, all lanes together. */
  get size(): number {
    return this.#queue.size;
  }

  /** Starts nothing for so long. A longer pause that is already on stays. */
  pause(forMs: number): void {
    const { now, random } = this.#options;
    const boundedMs = Math.min(Math.max(forMs, 0), MAX_PAUSE_MS);
    const untilMs = now() + boundedMs * (1 + JITTER * random());
    if (untilMs <= this.#pausedUntilMs) return;
    this.#pausedUntilMs = untilMs;
    this.#queue.pause();
    clearTimeout(this.#wake);
    this.#wake = setTimeout(() => this.#queue.start(), Math.max(untilMs - now(), 0));
  }

  close(): void {
    clearTimeout(this.#wake);
    this.#queue.pause();
  }
}
