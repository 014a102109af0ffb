import type { Reason, ConditionClaim } from "../api/conditions.ts";
import type { Asked } from "./asked.ts";
import { type Decision, effortOf, inSync, onTheWay, stalled, waiting } from "./decision.ts";
import { type Change, describeDifferences, type Difference } from "./diff.ts";
import { waitBeforeRepeating } from "./effort.ts";
import { awaitEffect } from "./outcome-of-effort.ts";
import { readiness } from "./outcomes-of-life.ts";
import type { RemoteThing } from "./observation.ts";
import type { Facts, Obstacle } from "./situation.ts";

const NOTHING = { do: "nothing" } as const;

/** What comes of a thing that is not, or was not, as the spec wants it. */

export function change(facts: Facts, { operation, differences }: Change): Decision {
  const { thing, timing, effort, nowMs } = facts;
  if (thing === undefined) throw new TypeError("a difference needs a thing");
  const action = { do: "change", id: thing.id, operation, differences } as const;
  const what = `changing ${describeDifferences(differences)}`;
  const waitMs = waitBeforeRepeating(effort, effortOf(action), nowMs, timing);
  if (waitMs > 0) return awaitEffect(facts, what, "Updating", waitMs);
  return {
    action,
    claims: onTheWay(["Updating", what]),
    thing,
    requeueAfterMs: timing.activeMs,
  };
}

export function mend(facts: Facts, what: Change): Decision {
  return change(facts, what);
}

export function remember({ thing, timing }: Facts, asked: Asked): Decision {
  if (thing?.setback === undefined) throw new TypeError("there must be a setback");
  const { reason, message } = thing.setback;
  return {
    action: { do: "remember", asked },
    claims: stalled([reason, message], readiness(thing)),
    thing,
    requeueAfterMs: timing.activeMs,
  };
}

/** Asked for again it would fail again. The thing itself does what it did before. */
export function reportSetback({ timing }: Facts, thing: RemoteThing): Decision {
  const { setback } = thing;
  if (setback === undefined) throw new TypeError("there must be a setback");
  return {
    action: NOTHING,
    claims: stalled([setback.reason, setback.message], readiness(thing)),
    thing,
    requeueAfterMs: timing.restMs,
  };
}

export function conclude({ timing }: Facts, thing: RemoteThing): Decision {
  return {
    action: { do: "conclude" },
    claims: inSync([thing.headline.reason, thing.headline.message]),
    thing,
    requeueAfterMs: timing.activeMs,
  };
}

export function reportFixed(facts: Facts, differences: readonly Difference[]): Decision {
  const what = describeDifferences(differences);
  return stuck(facts, [
    "ImmutableDiffers",
    `cannot be changed after creation: ${what}; put the spec back, or delete this resource and apply it again`,
  ]);
}

export function refuseShrinking(facts: Facts, differences: readonly Difference[]): Decision {
  const what = describeDifferences(differences);
  return stuck(facts, [
    "ShrinkRefused",
    `can only grow: ${what}; put the larger value into the spec`,
  ]);
}

export function holdBack(facts: Facts, { reason, message }: Obstacle): Decision {
  return stuck(facts, [reason, message]);
}

export function waitForDependency(facts: Facts, obstacle: Obstacle): Decision {
  const { thing, timing } = facts;
  const say = obstacle.isStalled ? stalled : waiting;
  return {
    action: NOTHING,
    claims: say([obstacle.reason, obstacle.message], readinessBehind(facts)),
    ...(thing === undefined ? {} : { thing }),
    requeueAfterMs: timing.restMs,
  };
}

/** The thing does its work, but the spec asks for what cannot be. */
function stuck(facts: Facts, word: readonly [Reason, string]): Decision {
  const { thing, timing } = facts;
  return {
    action: NOTHING,
    claims: stalled(word, readinessBehind(facts)),
    ...(thing === undefined ? {} : { thing }),
    requeueAfterMs: timing.restMs,
  };
}

/** Ready as far as the thing goes, unless a change that it needs waits for something: then it is not what the spec wants. */
function readinessBehind({ thing, comparison }: Facts): ConditionClaim | undefined {
  return thing === undefined || comparison.next !== undefined ? undefined : readiness(thing);
}
