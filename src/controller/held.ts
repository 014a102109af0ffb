import type { ConditionClaim } from "../api/conditions.ts";
import { type Decision, effortOf } from "../core/decision.ts";
import type { ActContext } from "./act-context.ts";
import { isLookRequested } from "./managed-object.ts";

/** A request about a thing that was refused, and is not sent again before its time. */
export interface Held {
  /** What was asked for, in a form that is the same for the same request. */
  readonly what: string;
  /** Monotonic milliseconds. */
  readonly untilMs: number;
  /** What is said meanwhile. */
  readonly claims: readonly ConditionClaim[];
}

/** The time of what was decided has not come. */
export class HeldError extends Error {
  override readonly name = "HeldError";
  readonly held: Held;

  constructor(held: Held) {
    super("it was refused, and is not asked for again yet");
    this.held = held;
  }
}

/**
 * A resource comes back to look far more often than a refused request is worth sending. Who asks for a fresh look has it tried at once.
 *
 * @throws HeldError where it is too early.
 */
export function requireItsTime(
  { action }: Decision,
  { memory: { held }, now, object, runtime }: ActContext,
): void {
  if (held === undefined || (action.do !== "change" && action.do !== "remove")) return;
  const isSame = held.what === effortOf(action) && now() < held.untilMs;
  if (isSame && !isLookRequested(object, runtime.keys)) throw new HeldError(held);
}
