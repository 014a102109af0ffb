const WINDOW_MS = 1_000;
/** A 429 halves the rate: TCP's own answer to congestion. Answers of one second count as one. */
const LOWERED = 0.5;
/** So often a tenth of the configured rate comes back, while no other 429 does: a lowered rate is whole again within a minute. */
const RAISE_EVERY_MS = 10_000;
const RAISE_SHARE = 0.1;
/** It never falls below this share of what is configured: how long nothing is to be sent, the provider says in Retry-After. */
const LEAST_SHARE = 0.1;

/**
 * How many requests may start in any one second: as many as configured, fewer after a 429. Counts on a monotonic clock: p-queue's own
 * limit reads the wall clock, and one that is put back by an hour would stop everything for that hour.
 */
export class RateWindow {
  #mostPerSecond: number;
  readonly #now: () => number;
  #starts: readonly number[] = [];
  #lowered: { readonly perSecond: number; readonly atMs: number } | undefined;

  constructor(mostPerSecond: number, now: () => number) {
    this.#mostPerSecond = mostPerSecond;
    this.#now = now;
  }

  /** Never more than this from now on. */
  slowTo(perSecond: number): void {
    this.#mostPerSecond = Math.min(this.#mostPerSecond, perSecond);
  }

  /** Requests that may start in one second at present; at least one. */
  get perSecond(): number {
    if (this.#lowered === undefined) return this.#mostPerSecond;
    const { perSecond, atMs } = this.#lowered;
    const steps = Math.floor((this.#now() - atMs) / RAISE_EVERY_MS);
    const raised = perSecond + steps * Math.max(Math.floor(this.#mostPerSecond * RAISE_SHARE), 1);
    return Math.min(raised, this.#mostPerSecond);
  }

  /** Requests that may start at once. */
  get left(): number {
    return Math.max(this.perSecond - this.#recent().length, 0);
  }

  /** Notes that a request starts now. */
  take(): void {
    this.#starts = [...this.#recent(), this.#now()];
  }

  /** The provider found the rate too high. */
  lower(): void {
    const nowMs = this.#now();
    if (this.#lowered !== undefined && nowMs - this.#lowered.atMs < WINDOW_MS) return;
    const least = Math.max(Math.floor(this.#mostPerSecond * LEAST_SHARE), 1);
    const perSecond = Math.max(Math.floor(this.perSecond * LOWERED), least);
    this.#lowered = { perSecond, atMs: nowMs };
  }

  /** How long until another may start, in milliseconds. */
  get waitMs(): number {
    const oldest = this.#starts.at(-this.perSecond);
    return oldest === undefined ? 0 : Math.max(oldest + WINDOW_MS - this.#now(), 0);
  }

  /** When those of the present second started. */
  #recent(): readonly number[] {
    const sinceMs = this.#now() - WINDOW_MS;
    return this.#starts.filter((startMs) => startMs > sinceMs);
  }
}
