import type { ConditionClaim } from "../api/conditions.ts";
import { claim, type Decision, effortOf, onTheWay, stalled, waiting } from "./decision.ts";
import { waitBeforeRepeating } from "./effort.ts";
import type { RemoteThing } from "./observation.ts";
import { awaitEffect } from "./outcome-of-effort.ts";
import { CREATE_EFFORT } from "./outcomes-of-absence.ts";
import { readiness } from "./outcomes-of-life.ts";
import type { Facts } from "./situation.ts";

/** What concerns only kinds whose things have a value that is shown once; see `Kept`. */

export function removeUnheld(facts: Facts, unheld: readonly RemoteThing[]): Decision {
  const { timing, effort, nowMs } = facts;
  const ids = unheld.map(({ id }) => id);
  const action = { do: "remove", ids } as const;
  const what = `nobody holds the value of ${ids.join(", ")}; deleting it, and another is made`;
  const waitMs = waitBeforeRepeating(effort, effortOf(action), nowMs, timing);
  if (waitMs > 0) return awaitEffect(facts, what, "ValueLost", waitMs);
  return {
    action,
    claims: onTheWay(["ValueLost", what]),
    // It is not expected to be there any more.
    forgets: true,
    requeueAfterMs: timing.activeMs,
  };
}

/** Both a thing that was replaced and one that could not be kept: what counts is whose value is kept. */
export function removeSurplus(facts: Facts, surplus: readonly RemoteThing[]): Decision {
  const { thing, timing } = facts;
  const ids = surplus.map(({ id }) => id);
  return {
    action: { do: "remove", ids },
    claims: thing === undefined ? [] : [readinessUntilEnd(facts, thing)],
    ...(thing === undefined ? {} : { thing }),
    requeueAfterMs: timing.activeMs,
    notice: {
      type: "Normal",
      reason: "SurplusDeleted",
      message: `the value of ${thing?.id} is kept; deleted ${ids.join(", ")}`,
    },
  };
}

export function replace(facts: Facts, why: string): Decision {
  const { thing, timing, creations, nowMs } = facts;
  if (thing === undefined) throw new TypeError("what is to be replaced is there");
  const waitMs = waitBeforeRepeating(creations, CREATE_EFFORT, nowMs, timing);
  const ready = readinessUntilEnd(facts, thing);
  if (waitMs > 0) {
    const again = `replaced ${creations?.count ?? 0} times, and to be replaced again (${why}); trying ever more slowly`;
    return {
      action: { do: "nothing" },
      claims: waiting(["NoEffect", again], ready),
      thing,
      requeueAfterMs: Math.min(waitMs, timing.restMs),
    };
  }
  return {
    action: { do: "create" },
    claims: waiting(["Replacing", `replacing ${thing.id}: ${why}`], ready),
    thing,
    requeueAfterMs: timing.activeMs,
  };
}

export function reportEnd({ due, timing }: Facts, thing: RemoteThing): Decision {
  const advice = "; delete this resource and apply it with a later end";
  return {
    action: { do: "nothing" },
    claims:
      due === undefined
        ? stalled(["Expired", `${ended(thing)}${advice}`])
        : waiting(["Expired", `${ended(thing)}; it is replaced as soon as nothing forbids it`]),
    thing,
    requeueAfterMs: timing.restMs,
  };
}

function readinessUntilEnd({ isOver }: Facts, thing: RemoteThing): ConditionClaim {
  return isOver ? claim("Ready", "False", ["Expired", ended(thing)]) : readiness(thing);
}

function ended({ id, endsAtMs = 0 }: RemoteThing): string {
  return `${id} expired at ${new Date(endsAtMs).toISOString()}`;
}
