import { findCondition } from "../api/conditions.ts";
import { claim, type Decision, stalled, waiting } from "./decision.ts";
import { canBeRetained, type Obstacle, type Situation } from "./situation.ts";

export function letGo(): Decision {
  return { action: { do: "nothing" }, claims: [] };
}

export function pause({ resource }: Situation): Decision {
  const message = "paused by annotation; take it off to go on";
  const ready = findCondition(resource.conditions, "Ready");
  return {
    action: { do: "nothing" },
    claims: [
      ...(ready === undefined ? [claim("Ready", "Unknown", ["Paused", message])] : []),
      claim("Synced", "False", ["Paused", message]),
    ],
  };
}

export function leaveToNewerVersion({ resource, timing }: Situation): Decision {
  const word = [
    "NewerJournal",
    "a newer version of the operator wrote the journal of this resource; run that version again",
  ] as const;
  const ready = findCondition(resource.conditions, "Ready");
  return {
    action: { do: "nothing" },
    claims: stalled(word, ready === undefined ? claim("Ready", "Unknown", word) : undefined).filter(
      ({ type }) => ready === undefined || type !== "Ready",
    ),
    requeueAfterMs: timing.restMs,
  };
}

export function retain({ resource }: Situation): Decision {
  const what = resource.recordedId ?? "whatever exists of it";
  return {
    action: { do: "release" },
    claims: [],
    notice: {
      type: "Normal",
      reason: "Retained",
      message: `let go of ${what} without deleting it; it goes on costing money`,
    },
  };
}

export function missSection({ kind, timing }: Situation, absence: string): Decision {
  const way = canBeRetained(kind)
    ? ", or set spec.deletionPolicy to Retain and delete this resource"
    : "";
  const word = ["SectionMissing", `${absence}; have it opened for the account${way}`] as const;
  return {
    action: { do: "nothing" },
    claims: stalled(word, claim("Ready", "Unknown", word)),
    requeueAfterMs: timing.restMs,
  };
}

export function letOthersFinish({ resource }: Situation): Decision {
  const names = resource.otherFinalizers.join(", ");
  return {
    action: { do: "nothing" },
    claims: waiting([
      "FinalizersRemain",
      `deletion waits until these finalizers are taken off: ${names}`,
    ]),
  };
}

export function waitForUsers({ wish, timing }: Situation): Decision {
  const users = wish.users.join(", ");
  return {
    action: { do: "nothing" },
    claims: waiting([
      "InUse",
      `deletion waits: used by ${users}; delete what uses it or take the reference out`,
    ]),
    requeueAfterMs: timing.restMs,
  };
}

export function waitForAccount({ resource, timing }: Situation, obstacle: Obstacle): Decision {
  const isKnown = findCondition(resource.conditions, "Ready") !== undefined;
  // So it is at every start, and what was written before will be true again in a moment.
  if (obstacle.isUnasked === true && isKnown)
    return { action: { do: "nothing" }, claims: [], requeueAfterMs: timing.restMs };
  const say = obstacle.isStalled ? stalled : waiting;
  const prefix = resource.isDeleting ? "deletion waits: " : "";
  const word = [obstacle.reason, `${prefix}${obstacle.message}`] as const;
  // What was there may be there still.
  const ready = resource.recordedId === undefined ? undefined : claim("Ready", "Unknown", word);
  return { action: { do: "nothing" }, claims: say(word, ready), requeueAfterMs: timing.restMs };
}
