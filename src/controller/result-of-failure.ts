import { type Decision, stalled } from "../core/decision.ts";
import { judge } from "../core/failure.ts";
import type { Resource } from "../core/resource.ts";
import { ProviderError } from "../provider/errors.ts";
import { ObstacleError } from "./act.ts";
import type { Dependencies } from "./dependencies.ts";
import type { ResourceMemory } from "./memory.ts";
import type { Result } from "./report.ts";

export interface FailureScene extends Dependencies {
  readonly resource: Resource;
  readonly memory: ResourceMemory;
}

/**
 * What a failure while looking or acting means for the resource. Failures of the API server are not the provider's: they are thrown
 * on, and the workqueue comes back.
 */
export function resultOfFailure(
  error: unknown,
  decision: Decision,
  hasLooked: boolean,
  { resource, runtime, memory, timing, random }: FailureScene,
): Result {
  const seen = { action: decision.action.do, thing: decision.thing, forgets: false, hasLooked };
  if (error instanceof ObstacleError) {
    const claims = stalled([error.reason, error.message]);
    return { ...seen, claims, requeueAfterMs: timing.restMs };
  }
  if (!(error instanceof ProviderError)) throw error;
  memory.failures += 1;
  const verdict = judge(error, {
    timing,
    failures: memory.failures,
    random: random(),
    // Where it was to be made, whatever is recorded is gone.
    hasThing: decision.action.do !== "create" && resource.recordedId !== undefined,
    unseenForMs: runtime.connection.snapshots.unseenForMs,
  });
  return { ...seen, ...verdict, failure: error };
}
