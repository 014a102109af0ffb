export interface Clock {
  /** Monotonic milliseconds: everything that takes time is measured with it. */
  readonly now: () => number;
  /** Milliseconds since 1970: what people read, and what a token's expiry means. */
  readonly wall: () => number;
}

export const systemClock: Clock = { now: () => performance.now(), wall: () => Date.now() };

/** A clock that can be put forward: a month's bill need not take a month. */
export interface PassingClock extends Clock {
  readonly pass: (ms: number) => void;
}

export function passingClock({ now, wall }: Clock): PassingClock {
  let passedMs = 0;
  return {
    now: () => now() + passedMs,
    wall: () => wall() + passedMs,
    pass: (ms) => {
      passedMs += ms;
    },
  };
}
