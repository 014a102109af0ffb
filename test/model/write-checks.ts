import { findCondition } from "../../src/api/conditions.ts";
import type { ManagedObject } from "../../src/controller/managed-object.ts";
import { markerOf } from "../../src/core/marker.ts";
import type { Commit } from "./model-cluster.ts";
import type { ModelPark, ModelThing } from "./model-park.ts";
import { markerOfName } from "./names.ts";

interface Parts {
  readonly park: ModelPark;
  readonly nowMs: number;
  readonly isExcused: (thing: ModelThing) => boolean;
}

/** What the operator writes: never the spec, never an older generation nor one that is not there yet, never a time without reason. */
export function wrongsIn({ name, before, after }: Commit, parts: Parts): string[] {
  if (before === undefined || after === undefined) return [];
  const wrongs = [...wrongTransitions(name, before, after), ...wrongId(name, before, after, parts)];
  if (before.spec !== after.spec) wrongs.push(`spec: the operator wrote the spec of ${name}`);
  const observed = after.status?.observedGeneration ?? 0;
  const generation = after.metadata.generation ?? 0;
  if (observed > generation)
    wrongs.push(`status: ${name} observes generation ${observed} of ${generation}`);
  if (observed < (before.status?.observedGeneration ?? 0))
    wrongs.push(`status: ${name} went back to generation ${observed}`);
  return wrongs;
}

function wrongTransitions(name: string, before: ManagedObject, after: ManagedObject): string[] {
  const wrongs: string[] = [];
  for (const condition of before.status?.conditions ?? []) {
    const next = (after.status?.conditions ?? []).find(({ type }) => type === condition.type);
    const isSameTime = next?.lastTransitionTime === condition.lastTransitionTime;
    if (next !== undefined && next.status === condition.status && !isSameTime)
      wrongs.push(`status: ${name} ${condition.type} changed its time without its status`);
  }
  const isReadyTold = findCondition(after.status?.conditions, "Ready") !== undefined;
  if (after.status !== undefined && !isReadyTold)
    wrongs.push(`status: ${name} has no condition Ready`);
  return wrongs;
}

/** A recorded id gives way only to proof: the thing is on its way out, gone, unmarked, or nobody could see it. */
function wrongId(
  name: string,
  before: ManagedObject,
  after: ManagedObject,
  { park, nowMs, isExcused }: Parts,
): string[] {
  const id = before.status?.id;
  if (id === undefined || id === after.status?.id || after.spec.adopt !== undefined) return [];
  const thing = park.find(Number(id));
  if (thing === undefined || thing.goneAtMs !== undefined || isExcused(thing)) return [];
  if (nowMs < thing.visibleAtMs || markerOf(thing.label) !== markerOfName(name)) return [];
  return [`status: ${name} forgot ${id}, which is alive and its own`];
}
