import { type Decision, onTheWay, stalled, waiting } from "./decision.ts";
import type { RemoteThing } from "./observation.ts";
import type { Facts } from "./situation.ts";

export function leaveToOwner(): Decision {
  return { action: { do: "release" }, claims: [] };
}

export function distrust({ timing, thing }: Facts, suspicion: string): Decision {
  return {
    action: { do: "nothing" },
    claims: waiting(["AccountSuspect", `deletion waits: ${suspicion}`]),
    ...(thing === undefined ? {} : { thing }),
    requeueAfterMs: timing.restMs,
  };
}

export function holdUnmarked({ resource, timing }: Facts, thing: RemoteThing): Decision {
  return {
    action: { do: "nothing" },
    claims: stalled([
      "MarkerMissing",
      `${withoutMarker(thing, resource.marker)}, or set spec.deletionPolicy to Retain to let it go`,
    ]),
    thing,
    requeueAfterMs: timing.restMs,
  };
}

export function waitForRemoteUsers({ timing }: Facts, thing: RemoteThing): Decision {
  const users = thing.usedBy.join(", ");
  return {
    action: { do: "nothing" },
    claims: waiting(["InUse", `deletion waits: the provider shows it in use by ${users}`]),
    thing,
    requeueAfterMs: timing.activeMs,
  };
}

export function remove(
  { thing, timing }: Facts,
  doomed: readonly (RemoteThing | undefined)[],
): Decision {
  const ids = doomed.flatMap((one) => (one === undefined ? [] : [one.id]));
  return {
    action: { do: "remove", ids },
    claims: onTheWay(["Deleting", `deleting ${ids.join(", ")} at the provider`]),
    ...(thing === undefined ? {} : { thing }),
    requeueAfterMs: timing.activeMs,
  };
}

export function awaitRemoval({ timing }: Facts, thing: RemoteThing): Decision {
  return {
    action: { do: "nothing" },
    claims: onTheWay(["Deleting", `deleting ${thing.id} at the provider`]),
    thing,
    requeueAfterMs: timing.activeMs,
  };
}

export function settleFirst({ quietInMs, timing }: Facts): Decision {
  return {
    action: { do: "nothing" },
    claims: onTheWay([
      "Settling",
      "deletion waits until no earlier create request can still take effect",
    ]),
    requeueAfterMs: Math.min(Math.max(quietInMs, timing.activeMs), timing.restMs),
  };
}

export function awaitProof({ timing }: Facts): Decision {
  return {
    action: { do: "nothing" },
    claims: onTheWay(["Deleting", "waiting for proof that it is gone from the provider"]),
    requeueAfterMs: timing.activeMs,
  };
}

export function release({ resource }: Facts): Decision {
  const message =
    resource.recordedId === undefined
      ? "nothing of it exists at the provider"
      : `${resource.recordedId} is gone from the provider`;
  return {
    action: { do: "release" },
    claims: [],
    notice: { type: "Normal", reason: "Deleted", message },
  };
}

/** The first half of a sentence that tells how to give a thing its marker back. */
export function withoutMarker(thing: RemoteThing, marker: string): string {
  return `${thing.id} is labelled ${JSON.stringify(thing.label)}, which lacks the marker that proves it ours: append " ${marker}" to its label in the panel`;
}
