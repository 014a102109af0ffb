import { claim, type Decision, onTheWay, stalled, waiting } from "./decision.ts";
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
  const word = ["Missing", `${resource.recordedId} was not found; waiting for proof`] as const;
  return {
    action: NOTHING,
    claims: [claim("Ready", "Unknown", word), claim("Synced", "Unknown", word)],
    requeueAfterMs: timing.activeMs,
  };
}

export function distrust({ timing }: Facts, suspicion: string): Decision {
  return {
    action: NOTHING,
    claims: waiting(["AccountSuspect", `nothing is created: ${suspicion}`]),
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

export function create({ resource, timing }: Facts): Decision {
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
