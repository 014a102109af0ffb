import { findCondition } from "../../src/api/conditions.ts";
import { isProtected, type ManagedObject } from "../../src/controller/managed-object.ts";
import { headlineOf } from "../../src/controller/report.ts";
import { markerOf } from "../../src/core/marker.ts";
import { instanceSpecOf } from "./deeds.ts";
import type { ModelCluster } from "./model-cluster.ts";
import type { ModelPark, ModelThing } from "./model-park.ts";
import { FINALIZER, markerOfName, PAUSED } from "./names.ts";

export interface ExpectationParts {
  readonly cluster: ModelCluster;
  readonly park: ModelPark;
  /** The operator distrusts the account; only a person can tell it better. */
  readonly isSuspect: boolean;
  readonly isExcused: (thing: ModelThing) => boolean;
}

/** What is still not as it has to be in the end; undefined where all is well. */
export function unmet(name: string, parts: ExpectationParts): string | undefined {
  const object = parts.cluster.get(name);
  const marked = parts.park.marked(markerOfName(name));
  if (object === undefined) {
    const left = marked.filter((thing) => !parts.isExcused(thing));
    return left.length === 0 ? undefined : `${name} is gone, ${idsOf(left)} is not`;
  }
  if (object.metadata.annotations?.[PAUSED] === "true") return undefined;
  if (object.metadata.deletionTimestamp !== undefined) return unmetOnTheWayOut(object, parts);
  if (object.status?.observedGeneration !== object.metadata.generation)
    return `${name} does not observe its generation`;
  if (object.spec.managementPolicy === "ObserveOnly") return undefined;
  if (object.spec.adopt !== undefined)
    return unmetAdoption(object, parts.park.find(Number(object.spec.adopt.id)), parts);
  const [thing] = marked;
  if (thing === undefined) return unmetAbsence(object, parts);
  if (marked.length > 1) return `${name} has ${idsOf(marked)}`;
  return unmetLife(object, thing, parts);
}

function unmetOnTheWayOut(
  object: ManagedObject,
  { park, isSuspect }: ExpectationParts,
): string | undefined {
  const { name, finalizers = [] } = object.metadata;
  const isToStay =
    object.spec.deletionPolicy === "Retain" || object.spec.managementPolicy === "ObserveOnly";
  const isHeldByOthers = finalizers.some((finalizer) => finalizer !== FINALIZER);
  if (isHeldByOthers && (!isToStay || !finalizers.includes(FINALIZER))) return undefined;
  if (isSuspect && reasonOf(object) === "AccountSuspect") return undefined;
  const named = park.find(Number(object.status?.id ?? 0));
  const isUnmarked = named !== undefined && markerOf(named.label) === undefined;
  if (isUnmarked && reasonOf(object) === "MarkerMissing") return undefined;
  if (isProtected(object) && reasonOf(object) === "DeletionProtected")
    return unmetProtection(object, { park, isSuspect });
  return `${name} is still being deleted: ${reasonOf(object)}`;
}

/** One thing is kept, and no resource waits for a person where there is none. */
function unmetProtection(
  { metadata: { name }, spec }: ManagedObject,
  { park, isSuspect }: Pick<ExpectationParts, "park" | "isSuspect">,
): string | undefined {
  const adoptee = spec.adopt && park.find(Number(spec.adopt.id));
  const kept = adoptee === undefined ? park.marked(markerOfName(name)) : [adoptee];
  if (kept.length === 1 || (kept.length > 1 && isSuspect)) return undefined;
  return `${name} protects ${kept.length === 0 ? "nothing" : idsOf(kept)}`;
}

function unmetAdoption(
  object: ManagedObject,
  thing: ModelThing | undefined,
  parts: ExpectationParts,
): string | undefined {
  if (thing !== undefined) return unmetLife(object, thing, parts);
  const reason = reasonOf(object);
  const isSaid = reason === "Lost" || reason === "AdoptNotFound";
  return isSaid ? undefined : `${object.metadata.name} does not say that its adoptee is gone`;
}

function unmetAbsence(
  object: ManagedObject,
  { park, isSuspect }: ExpectationParts,
): string | undefined {
  const reason = reasonOf(object);
  const named = park.find(Number(object.status?.id ?? 0));
  if (named !== undefined && reason === "MarkerMissing") return undefined;
  if (reason === "AccountSuspect" && isSuspect) return undefined;
  if (object.spec.recreatePolicy === "Never" && reason === "Lost") return undefined;
  return `${object.metadata.name} has nothing: ${reason}`;
}

function unmetLife(
  object: ManagedObject,
  thing: ModelThing,
  { park }: ExpectationParts,
): string | undefined {
  const { name } = object.metadata;
  const { gpuCount, power } = instanceSpecOf(object);
  if (object.status?.id !== thing.id)
    return `${name} records ${object.status?.id}, not ${thing.id}`;
  const state = park.stateOf(thing);
  if (state === "error")
    return reasonOf(object) === "RemoteFailed" ? undefined : `${name} hides a failure`;
  if (thing.gpuCount !== gpuCount || state !== power.toLowerCase())
    return `${name} is ${state} with ${thing.gpuCount} GPUs`;
  const ready = findCondition(object.status.conditions, "Ready");
  return ready?.status === "True" ? undefined : `${name} is not ready: ${ready?.reason}`;
}

function reasonOf(object: ManagedObject): string {
  return headlineOf(object.status?.conditions ?? [])?.reason ?? "nothing said";
}

function idsOf(things: readonly ModelThing[]): string {
  return things.map(({ id }) => id).join(", ");
}
