import { backoffMs } from "../core/backoff.ts";
import { DelayHeap } from "./delay-heap.ts";

/** client-go's default for a single key: 5 ms doubling, but capped at a minute so that nothing is forgotten for long. */
const RETRY = { baseMs: 5, capMs: 60_000 };

/** A timer that is set for longer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What goes first: what saves money, then what a user waits for, then what is only looked at again. */
export const URGENCIES = ["saves money", "is awaited", "at leisure"] as const;
export type Urgency = (typeof URGENCIES)[number];

/** Every so many keys the one that has waited longest at leisure goes first, so that none starves. */
const FAIRNESS = 8;

/** Told of each key's way, for whoever counts. */
export interface QueueObserver {
  added(): void;
  /** A worker has it, after so long. */
  taken(waitedMs: number): void;
  done(workedMs: number): void;
  /** It failed, and comes back after a backoff. */
  retried(): void;
}

export interface WorkqueueOptions {
  /** Asked when a key comes in. */
  readonly urgencyOf?: (key: string) => Urgency;
  readonly observer?: QueueObserver | undefined;
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
  /** By urgency, the most urgent first. */
  readonly #ready = URGENCIES.map(() => new Set<string>());
  /** When keys that wait came in, and when those that are worked on were taken; in monotonic milliseconds. */
  readonly #addedMs = new Map<string, number>();
  readonly #processing = new Map<string, number>();
  readonly #dirty = new Set<string>();
  /** Of keys that are worked on: whether they are wanted once more. */
  readonly #questions = new Map<string, () => boolean>();
  readonly #failures = new Map<string, number>();
  readonly #delayed = new DelayHeap();
  /** By the least urgency that they take, as above. */
  readonly #takers = URGENCIES.map((): ((key: string | undefined) => void)[] => []);
  #starts = 0;
  #timer: NodeJS.Timeout | undefined;
  #isShutDown = false;

  constructor(options: WorkqueueOptions) {
    this.#options = options;
  }

  /** Keys that wait for a worker. */
  get size(): number {
    return this.#ready.reduce((sum, keys) => sum + keys.size, 0);
  }

  /** Something is being worked on, or waits to be. */
  get isBusy(): boolean {
    return this.size > 0 || this.#processing.size > 0;
  }

  /** How long each key that is being worked on has been so, in milliseconds. */
  runningMs(): number[] {
    const nowMs = this.#options.now();
    return [...this.#processing.values()].map((takenMs) => nowMs - takenMs);
  }

  add(key: string): void {
    if (this.#isShutDown) return;
    this.#delayed.delete(key);
    this.#noteAdded(key);
    if (this.#processing.has(key)) {
      this.#dirty.add(key);
      return;
    }
    const level = URGENCIES.indexOf(this.#options.urgencyOf?.(key) ?? "at leisure");
    // What has become more urgent since it came goes on waiting with the others of its kind.
    for (const keys of this.#ready) keys.delete(key);
    this.#ready[level]?.add(key);
    this.#handOut();
  }

  /**
   * Adds a key where `isWanted` says so. Of a key that is being worked on that is asked once it is done, for only then is it known what its
   * worker has done itself; of several questions the last one counts.
   */
  addIf(key: string, isWanted: () => boolean): void {
    if (this.#processing.has(key)) this.#questions.set(key, isWanted);
    else if (isWanted()) this.add(key);
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
    this.#options.observer?.retried();
    this.addAfter(key, backoffMs(RETRY, failures, this.#options.random()));
  }

  /** Failures in a row since the last `forget`. */
  failuresOf(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key of this urgency or above, once there is one; undefined after `shutDown`. Whoever takes a key calls `done`. */
  take(least: Urgency = "at leisure"): Promise<string | undefined> {
    if (this.#isShutDown) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#takers[URGENCIES.indexOf(least)]?.push(resolve);
      this.#handOut();
    });
  }

  done(key: string): void {
    const { now, observer } = this.#options;
    observer?.done(now() - (this.#processing.get(key) ?? now()));
    this.#processing.delete(key);
    const isWanted = this.#questions.get(key)?.() ?? false;
    this.#questions.delete(key);
    if (this.#dirty.delete(key) || isWanted) this.add(key);
  }

  /** Hands out nothing more; workers that wait are sent home. */
  shutDown(): void {
    this.#isShutDown = true;
    clearTimeout(this.#timer);
    for (const takers of this.#takers) for (const taker of takers.splice(0)) taker(undefined);
  }

  #handOut(): void {
    while (this.#takers.some((takers) => takers.length > 0)) {
      const level = this.#nextLevel();
      if (level === undefined) return;
      const [key] = this.#ready[level] ?? [];
      // Whoever takes little is asked first, so that the others stay free.
      const taker = this.#takers
        .slice(level)
        .find((takers) => takers.length > 0)
        ?.shift();
      if (key === undefined || taker === undefined) return;
      this.#starts += 1;
      this.#ready[level]?.delete(key);
      this.#noteTaken(key);
      taker(key);
    }
  }

  #noteAdded(key: string): void {
    if (this.#addedMs.has(key)) return;
    this.#addedMs.set(key, this.#options.now());
    this.#options.observer?.added();
  }

  #noteTaken(key: string): void {
    const nowMs = this.#options.now();
    this.#options.observer?.taken(nowMs - (this.#addedMs.get(key) ?? nowMs));
    this.#addedMs.delete(key);
    this.#processing.set(key, nowMs);
  }

  /** Where the next key comes from: the most urgent that somebody can take, but in its turn the least urgent. */
  #nextLevel(): number | undefined {
    const isTakeable = (level: number): boolean =>
      (this.#ready[level]?.size ?? 0) > 0 &&
      this.#takers.slice(level).some((takers) => takers.length > 0);
    const levels = [...this.#ready.keys()].filter(isTakeable);
    return this.#starts % FAIRNESS === FAIRNESS - 1 ? levels.at(-1) : levels[0];
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
