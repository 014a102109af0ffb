export type Warn = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** Traces tell of work; that they cannot be sent is worth a line now and then, however often it fails. */
const INTERVAL_MS = 60_000;

/** Says the first trouble at once, and what comes after it once a minute at the most, with how often there was some in between. */
export class Complaints {
  readonly #message: string;
  readonly #warn: Warn;
  readonly #now: () => number;
  #saidMs = -Infinity;
  #unsaid = 0;

  /** @param now Monotonic milliseconds. */
  constructor(message: string, warn: Warn, now: () => number) {
    this.#message = message;
    this.#warn = warn;
    this.#now = now;
  }

  add(why: string): void {
    const nowMs = this.#now();
    if (nowMs - this.#saidMs < INTERVAL_MS) {
      this.#unsaid += 1;
      return;
    }
    this.#warn(this.#message, { why, ...(this.#unsaid === 0 ? {} : { unsaid: this.#unsaid }) });
    this.#saidMs = nowMs;
    this.#unsaid = 0;
  }
}
