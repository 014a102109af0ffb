import type { Timing } from "./situation.ts";

/** A request that the provider accepted, and how often in a row it was sent without being seen to be done. */
export interface Effort {
  /** What was asked for, in a form that is the same for the same request. */
  readonly what: string;
  readonly count: number;
  /** When it was accepted last, in monotonic milliseconds. */
  readonly atMs: number;
}

/** So many times in a row may be a slow provider; more is worth a word. */
const PATIENT = 3;
/** The longest wait, in ticks at rest. */
const MAX_TICKS = 20;

export function effortAfter(before: Effort | undefined, what: string, nowMs: number): Effort {
  return { what, count: before?.what === what ? before.count + 1 : 1, atMs: nowMs };
}

/**
 * How long the same request has to wait before it is sent again, in milliseconds: twice the active interval at first, then ever
 * longer, up to 20 ticks. What was never asked for waits for nothing.
 */
export function waitBeforeRepeating(
  effort: Effort | undefined,
  what: string,
  nowMs: number,
  { activeMs, restMs }: Timing,
): number {
  if (effort?.what !== what) return 0;
  const waitMs = Math.min(activeMs * 2 ** Math.min(effort.count, 30), MAX_TICKS * restMs);
  return Math.max(effort.atMs + waitMs - nowMs, 0);
}

/** It was accepted more often than slowness explains. */
export function isFruitless({ count }: Effort): boolean {
  return count >= PATIENT;
}
