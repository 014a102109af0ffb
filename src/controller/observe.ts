import { TICKS_UNTIL_UNKNOWN } from "../core/failure.ts";
import { markerOf } from "../core/marker.ts";
import type { Observation, RemoteThing } from "../core/observation.ts";
import type { Resource } from "../core/resource.ts";
import type { Connection } from "../provider/connection.ts";
import type { Dependencies } from "./dependencies.ts";
import { isLookRequested, type ManagedObject } from "./managed-object.ts";
import type { ResourceMemory } from "./memory.ts";

export interface Look {
  readonly resource: Resource;
  readonly connection: Connection;
  /** Only a list begun at this time or later will do; monotonic milliseconds. */
  readonly sinceMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** How old a look may be: as fresh as our own last write demands, or the user; never older than two ticks. */
export function lookSince(
  object: ManagedObject,
  memory: ResourceMemory,
  { runtime, now, timing }: Dependencies,
): number {
  if (isLookRequested(object, runtime.keys)) return now();
  return Math.max(memory.lookSinceMs, now() - TICKS_UNTIL_UNKNOWN * timing.restMs);
}

/**
 * Looks for everything that may belong to a resource: by marker in the shared snapshot, by id with a GET where the snapshot
 * lacks it. A named thing is gone only after both, the list begun later than the GET.
 */
export async function observe({
  resource,
  connection,
  sinceMs,
  now,
  signal,
}: Look): Promise<Observation> {
  const { snapshots, remote } = connection;
  const id = resource.adoptId ?? resource.recordedId;
  const snapshot = await snapshots.listedSince(sinceMs);
  if (id === undefined) {
    const marked = snapshot.byMarker(resource.marker);
    return { lookedAtMs: snapshot.lookedAtMs, marked, isNamedGone: true };
  }
  const listed = snapshot.byId(id);
  if (listed !== undefined)
    return seen(resource, snapshot.byMarker(resource.marker), listed, snapshot.lookedAtMs);
  const askedMs = now();
  const fetched = await remote.get(id, signal);
  if (fetched !== undefined) {
    return seen(resource, snapshot.byMarker(resource.marker), fetched, snapshot.lookedAtMs);
  }
  const later = await snapshots.listedSince(askedMs);
  const marked = later.byMarker(resource.marker);
  const reappeared = later.byId(id);
  if (reappeared !== undefined) return seen(resource, marked, reappeared, later.lookedAtMs);
  return { lookedAtMs: later.lookedAtMs, marked, isNamedGone: true };
}

function seen(
  resource: Resource,
  listed: readonly RemoteThing[],
  named: RemoteThing,
  lookedAtMs: number,
): Observation {
  const isListed = listed.some((thing) => thing.id === named.id);
  const isMarked = markerOf(named.label) === resource.marker;
  return {
    lookedAtMs,
    named,
    marked: isMarked && !isListed ? [named, ...listed] : listed,
    isNamedGone: false,
  };
}
