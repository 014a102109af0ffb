import { waitBeforeRepeating } from "./effort.ts";
import { claim, type Decision, onTheWay, stalled, waiting } from "./decision.ts";
import { acknowledging, notVisible } from "./outcomes-of-deletion.ts";
import type { Facts } from "./situation.ts";

const NOTHING = { do: "nothing" } as const;

export function settle({ quietInMs, timing }: Facts): Decision {
  return {
    action: NOTHING,
    claims: onTheWay([
      "Settling",
      "the outcome of a create request is unknown; it is looked for until it can no longer take effect",
    ]),
    requeueAfterMs: Math.min(Math.max(quietInMs, 1), timing.activeMs),
  };
}

export function awaitProof({ resource, timing }: Facts): Decision {
  const what = resource.recordedId ?? "what the list shows";
  const word = ["Missing", `${what} was not found; waiting for proof`] as const;
  return {
    action: NOTHING,
    claims: [claim("Ready", "Unknown", word), claim("Synced", "Unknown", word)],
    requeueAfterMs: timing.activeMs,
  };
}

export function distrust({ resource, timing }: Facts, suspicion: string): Decision {
  const advice = acknowledging(resource.recordedId);
  return {
    action: NOTHING,
    claims: waiting(["AccountSuspect", `nothing is created: ${suspicion}${advice}`]),
    requeueAfterMs: timing.restMs,
  };
}

export function reportOutOfSight({ timing }: Facts, name: string): Decision {
  return {
    action: NOTHING,
    claims: stalled(["NotVisible", notVisible(name)]),
    requeueAfterMs: timing.restMs,
  };
}

export function reportLoss({ timing }: Facts, id: string): Decision {
  return {
    action: NOTHING,
    claims: stalled([
      "Lost",
      `${id} is gone from the provider and spec.recreatePolicy is Never; set it to Always to have a new one made, or delete this resource`,
    ]),
    requeueAfterMs: timing.restMs,
  };
}

/** What a create request is called where it is counted how often it led to nothing. */
export const CREATE_EFFORT = "create";

export function create({ resource, timing, effort, creations, nowMs }: Facts): Decision {
  const waits = [effort, creations].map((one) =>
    waitBeforeRepeating(one, CREATE_EFFORT, nowMs, timing),
  );
  const waitMs = Math.max(...waits);
  if (waitMs > 0) return awaitCreation(waitMs, (creations ?? effort)?.count ?? 0);
  const isAgain = resource.recordedId !== undefined;
  return {
    action: { do: "create" },
    claims: onTheWay([
      "Creating",
      isAgain
        ? `${resource.recordedId} vanished; making it anew`
        : "asking the provider to create it",
    ]),
    ...(isAgain ? { forgets: true as const } : {}),
    requeueAfterMs: timing.activeMs,
  };
}

/** Made more than once and never seen to come up: every further time costs money as well. */
function awaitCreation(waitMs: number, count: number): Decision {
  return {
    action: NOTHING,
    claims: waiting([
      "NoEffect",
      `made ${count} times, and gone each time before it was up; trying again ever more slowly`,
    ]),
    requeueAfterMs: waitMs,
  };
}
