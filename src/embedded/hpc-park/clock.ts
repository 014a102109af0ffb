export interface Clock {
  /** Monotonic milliseconds: everything that takes time is measured with it. */
  readonly now: () => number;
  /** Milliseconds since 1970: what people read, and what a token's expiry means. */
  readonly wall: () => number;
}

export const systemClock: Clock = { now: () => performance.now(), wall: () => Date.now() };
