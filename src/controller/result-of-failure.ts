import { findCondition } from "../api/conditions.ts";
import { type Decision, effortOf, stalled } from "../core/decision.ts";
import { judge, TICKS_UNTIL_UNKNOWN } from "../core/failure.ts";
import type { Resource } from "../core/resource.ts";
import type { Observation } from "../core/observation.ts";
import { KubeError } from "../kube/errors.ts";
import { ProviderError } from "../provider/errors.ts";
import { type Held, HeldError } from "./held.ts";
import { ObstacleError } from "./secrets.ts";
import type { Choice } from "./account-choice.ts";
import type { Dependencies } from "./dependencies.ts";
import type { ResourceMemory } from "./memory.ts";
import { type Result, seenBy } from "./result.ts";

export interface FailureScene extends Dependencies {
  readonly resource: Resource;
  readonly memory: ResourceMemory;
  readonly account: Choice;
}

/** Somebody has ruled the write out, by role, webhook or quota; trying again quickly would not help. */
const REFUSALS: ReadonlySet<string> = new Set(["forbidden", "invalid"]);

/**
 * What a failure while looking or acting means for the resource. Failures of the API server that may pass are not the resource's: they
 * are thrown on, and the workqueue comes back.
 */
export function resultOfFailure(
  error: unknown,
  decision: Decision,
  observation: Observation | undefined,
  scene: FailureScene,
): Result {
  const { resource, memory, timing, random, now } = scene;
  const { action, thing } = decision;
  const seen = { ...seenBy(observation), action: action.do, thing, forgets: false };
  if (error instanceof HeldError) return { ...seen, ...heldBack(error.held, scene) };
  if (error instanceof ObstacleError) {
    const claims = stalled([error.reason, error.message]);
    return { ...seen, claims, requeueAfterMs: timing.restMs };
  }
  if (error instanceof KubeError && REFUSALS.has(error.kind)) {
    const advice = "; let the operator's role do that, or change the webhook or policy";
    return {
      ...seen,
      claims: stalled(["WriteRefused", `${error.message}${advice}`]),
      requeueAfterMs: timing.restMs,
      failure: error,
    };
  }
  if (!(error instanceof ProviderError)) throw error;
  memory.failures += 1;
  const verdict = judge(error, {
    timing,
    failures: memory.failures,
    random: random(),
    // Where it was to be made, whatever is recorded is gone, unless it is there to be replaced.
    hasThing: (action.do !== "create" || thing !== undefined) && resource.recordedId !== undefined,
    hasReady: findCondition(resource.conditions, "Ready") !== undefined,
    unseenForMs: unseenForMs(scene),
  });
  const { claims, requeueAfterMs, notAgainForMs } = verdict;
  if (notAgainForMs !== undefined && (action.do === "change" || action.do === "remove"))
    memory.held = { what: effortOf(action), untilMs: now() + notAgainForMs, claims };
  return { ...seen, claims, requeueAfterMs, failure: error };
}

/** Nothing is done, and what was said stands; what is seen of the thing meanwhile is shown. */
function heldBack(
  { claims, untilMs }: Held,
  { timing, now }: FailureScene,
): Pick<Result, "action" | "claims" | "requeueAfterMs"> {
  const requeueAfterMs = Math.min(untilMs - now(), TICKS_UNTIL_UNKNOWN * timing.restMs);
  return { action: "nothing", claims, requeueAfterMs };
}

/** A thing that the lists show was seen with them; any other when it was last asked for by itself. */
function unseenForMs({ resource, account, memory, now }: FailureScene): number {
  if (account.connection === undefined) return Infinity;
  const { snapshots } = account.connection;
  const isListed =
    resource.recordedId !== undefined && snapshots.latest?.byId(resource.recordedId) !== undefined;
  if (isListed || memory.seenAtMs === undefined) return snapshots.unseenForMs;
  return Math.max(now() - memory.seenAtMs, snapshots.unseenForMs);
}
