import type { ConditionClaim } from "../api/conditions.ts";
import { type Action, type Decision, type Notice, onTheWay } from "../core/decision.ts";
import type { Observation, RemoteThing } from "../core/observation.ts";

/** What came of one reconcile. */
export interface Result {
  readonly action: Action["do"];
  readonly claims: readonly ConditionClaim[];
  readonly thing?: RemoteThing | undefined;
  readonly forgets: boolean;
  /** Name of the credential with which `thing` was seen. */
  readonly seenWith?: string | undefined;
  readonly notice?: Notice | undefined;
  /** How many things were asked to be deleted. */
  readonly removed?: number;
  readonly requeueAfterMs?: number | undefined;
  /** The remote side was looked at, so a wish for a fresh look is answered. */
  readonly hasLooked: boolean;
  /** What was asked for is done already, by all signs; the look that comes shortly writes it, once for both. */
  readonly isToBeSeen?: true;
  /** What failed, for the log. */
  readonly failure?: Error;
}

/** What a look adds to a result. */
export function seenBy(
  observation: Observation | undefined,
): Pick<Result, "hasLooked" | "seenWith"> {
  return { hasLooked: observation !== undefined, seenWith: observation?.credential };
}

/** A thing that was just made is reported as its create answer shows it; it is looked at anew before it counts as ready. */
export function resultOf(
  { action, forgets, ...decision }: Decision,
  made: RemoteThing | undefined,
  observation: Observation | undefined,
): Result {
  const result = {
    ...decision,
    ...seenBy(observation),
    action: action.do,
    ...(action.do === "remove" ? { removed: action.ids.length } : {}),
    forgets: forgets ?? false,
  };
  // What is no longer expected to be there has to be written down at once.
  const isRemoved = action.do === "remove" && !result.forgets;
  if (made === undefined) return isRemoved ? shortly(result) : result;
  const notice = { type: "Normal", reason: "Created", message: `created ${made.id}` } as const;
  // What it replaces still works, so the conditions stay; the new id is written down before the old thing goes.
  if (decision.thing !== undefined) return { ...result, thing: made, notice };
  const isDone = made.phase === "settled";
  return {
    ...(isDone ? shortly(result) : result),
    thing: made,
    claims: onTheWay([made.headline.reason, made.headline.message]),
    notice,
  };
}

/** Of the time until the next look: looks that must be newer come no closer together; see `Snapshots`. */
const SHORTLY = 0.25;

function shortly(result: Result): Result {
  const { requeueAfterMs = 0 } = result;
  return { ...result, isToBeSeen: true, requeueAfterMs: requeueAfterMs * SHORTLY };
}
