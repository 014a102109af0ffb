import { type Decision, effortOf, onTheWay, stalled, waiting } from "./decision.ts";
import type { RemoteThing } from "./observation.ts";
import { awaitEffect } from "./outcome-of-effort.ts";
import { waitBeforeRepeating } from "./effort.ts";
import { type Facts, nameOfLoss } from "./situation.ts";
import { type Halt, haltMessage } from "./terms.ts";

export function leaveToOwner(): Decision {
  return { action: { do: "release" }, claims: [] };
}

export function distrust({ resource, timing, thing }: Facts, suspicion: string): Decision {
  const advice = thing === undefined ? acknowledging(nameOfLoss(resource)) : "";
  return {
    action: { do: "nothing" },
    claims: waiting(["AccountSuspect", `deletion waits: ${suspicion}${advice}`]),
    ...(thing === undefined ? {} : { thing }),
    requeueAfterMs: timing.restMs,
  };
}

export function holdUnmarked(facts: Facts, thing: RemoteThing): Decision {
  const { timing, mayRetain } = facts;
  const way = mayRetain
    ? "or set spec.deletionPolicy to Retain to let it go"
    : "or delete it in the panel";
  return {
    action: { do: "nothing" },
    claims: stalled(["MarkerMissing", `${withoutMarker(facts, thing)}, ${way}`]),
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

export function haltRemoval({ timing, thing }: Facts, halt: Halt): Decision {
  const advice = ", or delete it in the panel";
  return {
    action: { do: "nothing" },
    claims: stalled(["ContractChanged", `deletion waits: ${haltMessage(halt)}${advice}`]),
    ...(thing === undefined ? {} : { thing }),
    requeueAfterMs: timing.restMs,
  };
}

export function remove(facts: Facts, doomed: readonly (RemoteThing | undefined)[]): Decision {
  const { thing, timing, effort, nowMs } = facts;
  const ids = doomed.flatMap((one) => (one === undefined ? [] : [one.id]));
  const action = { do: "remove", ids } as const;
  const waitMs = waitBeforeRepeating(effort, effortOf(action), nowMs, timing);
  if (waitMs > 0) return awaitEffect(facts, `deleting ${ids.join(", ")}`, "Deleting", waitMs);
  return {
    action,
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

export function holdOutOfSight({ timing }: Facts, name: string): Decision {
  return {
    action: { do: "nothing" },
    claims: stalled(["NotVisible", `deletion waits: ${notVisible(name)}`]),
    requeueAfterMs: timing.restMs,
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
export function withoutMarker(
  { resource, labelCalled }: Pick<Facts, "resource" | "labelCalled">,
  { id, label }: RemoteThing,
): string {
  return `the ${labelCalled} of ${id} is ${JSON.stringify(label)}, which lacks the marker that proves it ours: append " ${resource.marker}" to its ${labelCalled} in the panel`;
}

/** The end of a sentence that tells how a person says that something is really gone. */
export function acknowledging(name: string | undefined): string {
  return name === undefined
    ? ""
    : `; where ${name} is really gone, say so with the annotation acknowledge-gone: "${name}"`;
}

export function notVisible(name: string): string {
  return `${name} is not shown with the present credential, which sees only what was made with it or granted to it; grant it that, or put the former one back${acknowledging(name)}`;
}
