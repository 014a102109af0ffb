import { type Decision, onTheWay, waiting } from "./decision.ts";
import { isFruitless } from "./effort.ts";
import type { Facts } from "./situation.ts";
import type { Reason } from "../api/conditions.ts";

/** What was asked for has been accepted, and is not seen to be done yet. */
export function awaitEffect(
  { thing, effort, timing }: Facts,
  what: string,
  reason: Reason,
  waitMs: number,
): Decision {
  const isHopeless = effort !== undefined && isFruitless(effort);
  return {
    action: { do: "nothing" },
    claims: isHopeless
      ? waiting([
          "NoEffect",
          `${what}: accepted ${effort.count} times, and nothing came of it; trying again ever more slowly`,
        ])
      : onTheWay([reason, what]),
    ...(thing === undefined ? {} : { thing }),
    // It may be done at any moment; only the request has to wait.
    requeueAfterMs: isHopeless
      ? Math.min(waitMs, timing.restMs)
      : Math.min(waitMs, timing.activeMs),
  };
}
