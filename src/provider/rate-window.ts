const WINDOW_MS = 1_000;

/**
 * How many requests may start in any one second. Counts on a monotonic clock: p-queue's own limit reads the wall clock, and one that
 * is put back by an hour would stop everything for that hour.
 */
export class RateWindow {
  #perSecond: number;
  readonly #now: () => number;
  #starts: number[] = [];

  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Never more than this from now on. */
  slowTo(perSecond: number): void {
    this.#perSecond = Math.min(this.#perSecond, perSecond);
  }

  /** Notes that a request starts now. */
  take(): void {
    const nowMs = this.#now();
    this.#starts = this.#starts.filter((startMs) => startMs > nowMs - WINDOW_MS);
    this.#starts.push(nowMs);
  }

  /** How long until another may start, in milliseconds. */
  get waitMs(): number {
    const oldest = this.#starts.at(-this.#perSecond);
    return oldest === undefined ? 0 : Math.max(oldest + WINDOW_MS - this.#now(), 0);
  }
}
