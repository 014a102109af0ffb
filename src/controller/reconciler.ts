import { decide } from "../core/decide.ts";
import type { Observation } from "../core/observation.ts";
import type { Situation } from "../core/situation.ts";
import { act } from "./act.ts";
import { connect, withObstacle } from "./connect.ts";
import type { Dependencies } from "./dependencies.ts";
import { type Keepsake, readKeepsake } from "./keep.ts";
import { type ManagedObject, resourceOf } from "./managed-object.ts";
import type { ResourceMemory } from "./memory.ts";
import { type Looking, lookFor, observe } from "./observe.ts";
import { report } from "./report.ts";
import { type Result, resultOf } from "./result.ts";
import { resultOfFailure } from "./result-of-failure.ts";

export interface Outcome extends Result {
  /** The status was patched. */
  readonly isWritten: boolean;
}

/**
 * The story of one key: read, decide, look, decide, act, report.
 *
 * Nothing here sleeps or loops; waiting is `requeueAfterMs`. Returns undefined where the cache is older than our own last write:
 * the controller comes back shortly. Where a look is under way, it comes back after that.
 */
export async function reconcile(
  object: ManagedObject,
  memory: ResourceMemory,
  dependencies: Dependencies,
): Promise<Outcome | Looking | undefined> {
  if (memory.version.isOutdated(object.metadata.resourceVersion)) return undefined;
  const { runtime, kinds, now, timing } = dependencies;
  const written = resourceOf(object, runtime.identification);
  memory.meet(written, now());
  const { awaited } = memory;
  memory.awaited = undefined;
  const recordedId = memory.idOf(written.recordedId);
  const resource = recordedId === undefined ? written : { ...written, recordedId };

  const connected = connect(object, runtime, kinds);
  const { connection } = connected.account;
  const situation: Situation = {
    resource,
    memory,
    timing,
    kind: runtime.port.rules,
    wish: connected.wish,
    terms: connection?.terms,
  };
  const context = { ...dependencies, ...connected, object, resource, memory };

  let decision = decide(situation, now());
  let observation: Observation | undefined;
  let suspicion = connection?.suspicion;
  let terms = connection?.terms;
  let keepsake: Keepsake | undefined;
  let result: Result;
  try {
    if (decision.action.do === "observe" && connection !== undefined) {
      const look = lookFor(object, memory, { ...dependencies, connection }, awaited);
      if ("awaited" in look) return look;
      const { knownId } = memory;
      const observed = await observe({ ...context, ...look, knownId, connection, awaited });
      if ("awaited" in observed) return observed;
      observation = observed;
      memory.saw(observation, resource);
      // The look itself may have shaken the trust in the account.
      ({ suspicion, terms } = connection);
      const isLeaving = resource.isDeleting && !resource.isProtected;
      keepsake = isLeaving ? undefined : await readKeepsake(context);
      const wish = withObstacle(connected.wish, keepsake?.obstacle);
      const kept = keepsake?.kept;
      decision = decide({ ...situation, wish, observation, kept, suspicion, terms }, now());
    }
    const made = await act(decision, { ...context, observation, keepsake, suspicion, terms });
    memory.succeeded(decision, now());
    result = resultOf(decision, made, observation);
  } catch (error) {
    result = resultOfFailure(error, decision, observation, context);
  }
  return { ...result, isWritten: await report(result, context) };
}
