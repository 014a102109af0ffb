import { backoffMs } from "../core/backoff.ts";
import { DelayHeap } from "./delay-heap.ts";

/** client-go's default for a single key: 5 ms doubling, but capped at a minute so that nothing is forgotten for long. */
const RETRY = { baseMs: 5, capMs: 60_000 };

/** A timer that is set for longer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface WorkqueueOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
}

/**
 * Keys that want work, each at most once.
 *
 * A key that is added while it is being worked on is handed out again once it is done: no two workers ever hold the same key, and
 * no change is missed.
 */
export class Workqueue {
  readonly #options: WorkqueueOptions;
  readonly #ready = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #dirty = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #delayed = new DelayHeap();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isShutDown = false;

  constructor(options: WorkqueueOptions) {
    this.#options = options;
  }

  /** Keys that wait for a worker. */
  get size(): number {
    return this.#ready.size;
  }

  add(key: string): void {
    if (this.#isShutDown) return;
    this.#delayed.delete(key);
    if (this.#processing.has(key)) {
      this.#dirty.add(key);
      return;
    }
    this.#ready.add(key);
    this.#handOut();
  }

  /** Adds a key later; of several times the earliest counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.#isShutDown) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    this.#delayed.push(key, this.#options.now() + delayMs);
    this.#schedule();
  }

  /** Adds a key after a backoff that grows until `forget`. */
  addRateLimited(key: string): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.addAfter(key, backoffMs(RETRY, failures, this.#options.random()));
  }

  /** Failures in a row since the last `forget`. */
  failuresOf(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, once there is one; undefined after `shutDown`. Whoever takes a key calls `done`. */
  take(): Promise<string | undefined> {
    if (this.#isShutDown) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#handOut();
    });
  }

  done(key: string): void {
    this.#processing.delete(key);
    if (this.#dirty.delete(key)) this.add(key);
  }

  /** Hands out nothing more; workers that wait are sent home. */
  shutDown(): void {
    this.#isShutDown = true;
    clearTimeout(this.#timer);
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #handOut(): void {
    for (const key of this.#ready) {
      const taker = this.#takers.shift();
      if (taker === undefined) return;
      this.#ready.delete(key);
      this.#processing.add(key);
      taker(key);
    }
  }

  /** One timer, for the earliest of all. */
  #schedule(): void {
    clearTimeout(this.#timer);
    const dueMs = this.#delayed.earliest;
    if (dueMs === undefined) return;
    const waitMs = Math.min(Math.max(dueMs - this.#options.now(), 0), MAX_TIMER_MS);
    this.#timer = setTimeout(() => this.#wake(), waitMs);
  }

  #wake(): void {
    for (const key of this.#delayed.popDue(this.#options.now())) this.add(key);
    this.#schedule();
  }
}
