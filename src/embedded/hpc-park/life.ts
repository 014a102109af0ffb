/**
 * The life of a thing over time. Nothing runs in the background: what state it is in follows from the moment of asking, so
 * ten thousand things need no timer.
 */
export interface Life<Settled extends string> {
  settled: Settled;
  transition?: { readonly state: string; readonly untilMs: number } | undefined;
  /** Set by hand in the panel; hides all but the deletion. */
  forced?: string | undefined;
  error?: string | undefined;
  /** Set once, when the deletion begins. */
  goneAtMs?: number | undefined;
}

export function stateOf<S extends string>(life: Life<S>, nowMs: number): string {
  if (life.goneAtMs !== undefined) return "deleting";
  if (life.forced !== undefined) return life.forced;
  const { transition } = life;
  return transition !== undefined && nowMs < transition.untilMs ? transition.state : life.settled;
}

export function isGone<S extends string>(life: Life<S>, nowMs: number): boolean {
  return life.goneAtMs !== undefined && nowMs >= life.goneAtMs;
}

/** Passes through `state` for `durationMs` and settles in `settled`. */
export function begin<S extends string>(
  life: Life<S>,
  state: string,
  settled: S,
  untilMs: number,
): void {
  life.settled = settled;
  life.transition = { state, untilMs };
}
