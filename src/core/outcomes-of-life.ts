import type { ConditionClaim } from "../api/conditions.ts";
import { claim, type Decision, inSync, onTheWay, stalled, waiting } from "./decision.ts";
import { describeDifferences } from "./diff.ts";
import { isAtRest, type RemoteThing } from "./observation.ts";
import { withoutMarker } from "./outcomes-of-deletion.ts";
import type { Facts } from "./situation.ts";

const NOTHING = { do: "nothing" } as const;

export function yieldToRival({ resource, timing }: Facts, rival: string): Decision {
  return {
    action: NOTHING,
    claims: stalled([
      "AdoptRefused",
      `${resource.adoptId} belongs to ${rival} already; delete one of the two resources`,
    ]),
    requeueAfterMs: timing.restMs,
  };
}

export function refuseAdoption(
  { timing, labelCalled }: Facts,
  { thing, marker }: { thing: RemoteThing; marker: string },
): Decision {
  return {
    action: NOTHING,
    claims: stalled([
      "AdoptRefused",
      `${thing.id} belongs to another resource (marker ${marker} in its ${labelCalled}); where that no longer exists, take the marker off the ${labelCalled} in the panel`,
    ]),
    requeueAfterMs: timing.restMs,
  };
}

export function missAdoptee({ resource, timing }: Facts, id: string): Decision {
  const was =
    resource.recordedId === undefined ? "does not exist, or this token may not see it" : "is gone";
  return {
    action: NOTHING,
    claims: stalled([
      resource.recordedId === undefined ? "AdoptNotFound" : "Lost",
      `${id}, named in spec.adopt.id, ${was}; delete this resource and create one with the right id, or with none`,
    ]),
    requeueAfterMs: timing.restMs,
  };
}

export function standBack(facts: Facts, thing: RemoteThing): Decision {
  return {
    action: NOTHING,
    claims: stalled(["MarkerMissing", withoutMarker(facts, thing)], readiness(thing)),
    thing,
    requeueAfterMs: facts.timing.restMs,
  };
}

export function mirror({ thing, timing, comparison }: Facts): Decision {
  if (thing === undefined) {
    return {
      action: NOTHING,
      claims: waiting(["Missing", "observed only, and nothing exists yet that could be observed"]),
      requeueAfterMs: timing.restMs,
    };
  }
  const differences = [
    ...comparison.fixed,
    ...comparison.shrinking,
    ...(comparison.next?.differences ?? []),
  ];
  return {
    action: NOTHING,
    claims: [
      readiness(thing),
      differences.length === 0
        ? claim("Synced", "True", ["ReconcileSuccess", "observed only"])
        : claim("Synced", "False", [
            "Drifted",
            `observed only; differs: ${describeDifferences(differences)}`,
          ]),
    ],
    thing,
    ...(isAtRest(thing) ? {} : { requeueAfterMs: timing.activeMs }),
  };
}

export function attach({ timing }: Facts, thing: RemoteThing): Decision {
  return {
    action: { do: "attach" },
    claims: onTheWay(["Attached", `found ${thing.id} and took it over`]),
    thing,
    requeueAfterMs: timing.activeMs,
  };
}

export function removeTwins({ thing, timing }: Facts, twins: readonly RemoteThing[]): Decision {
  const ids = twins.map((twin) => twin.id);
  return {
    action: { do: "remove", ids },
    claims: thing === undefined ? [] : [readiness(thing)],
    ...(thing === undefined ? {} : { thing }),
    requeueAfterMs: timing.activeMs,
    notice: {
      type: "Warning",
      reason: "DuplicateDeleted",
      message: `kept ${thing?.id}, deleted ${ids.join(", ")}, which bore the same marker: a create request had taken effect twice`,
    },
  };
}

export function admitIgnorance({ timing }: Facts, thing: RemoteThing): Decision {
  const word = [
    "StateUnknown",
    `${thing.headline.message}, which this version does not know`,
  ] as const;
  return {
    action: NOTHING,
    claims: [claim("Ready", "Unknown", word), claim("Synced", "Unknown", word)],
    thing,
    requeueAfterMs: timing.restMs,
  };
}

export function reportFailure({ timing }: Facts, thing: RemoteThing): Decision {
  return {
    action: NOTHING,
    claims: stalled([
      thing.headline.reason,
      `${thing.headline.message}; mend it in the panel, or delete this resource and apply it again`,
    ]),
    thing,
    requeueAfterMs: timing.restMs,
  };
}

export function awaitRest({ timing }: Facts, thing: RemoteThing): Decision {
  return {
    action: NOTHING,
    claims: onTheWay([thing.headline.reason, thing.headline.message]),
    thing,
    requeueAfterMs: timing.activeMs,
  };
}

export function rest({ isAtOdds, kept, timing }: Facts, thing: RemoteThing): Decision {
  return {
    action: NOTHING,
    claims: inSync([thing.headline.reason, thing.headline.message]),
    thing,
    // No list tells of its changes, nor of where its value is kept, so it is asked for by itself.
    ...(isAtOdds || kept !== undefined ? { requeueAfterMs: timing.restMs } : {}),
  };
}

/** Ready as far as the thing itself goes, whatever else stands in the way. */
export function readiness(thing: RemoteThing): ConditionClaim {
  const word = [thing.headline.reason, thing.headline.message] as const;
  switch (thing.phase) {
    case "settled":
      return claim("Ready", "True", word);
    case "unknown":
      return claim("Ready", "Unknown", word);
    case "busy":
    case "deleting":
    case "failed":
      return claim("Ready", "False", word);
  }
}
