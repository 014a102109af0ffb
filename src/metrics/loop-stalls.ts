/** So often it is looked whether the event loop still turns: too seldom to cost anything. */
const STEP_MS = 500;
/** The loop serves requests late by so much at any time; what is longer is a stall. */
const LONGEST_TURN_MS = 250;

/**
 * Tells of each time that the event loop stood still, and for how long at least, until it is disposed of. A scrape that comes during a stall is
 * given up by who sent it, and prom-client's figures begin anew with each scrape, so they would not show it.
 *
 * @param now Monotonic milliseconds.
 */
export function watchLoop(now: () => number, tell: (stalledMs: number) => void): Disposable {
  let turnedMs = now();
  const timer = setInterval(() => {
    const lateMs = now() - turnedMs - STEP_MS;
    turnedMs = now();
    if (lateMs > LONGEST_TURN_MS) tell(lateMs);
  }, STEP_MS).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
