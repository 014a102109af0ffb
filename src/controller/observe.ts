import { TICKS_UNTIL_UNKNOWN } from "../core/failure.ts";
import { markerOf } from "../core/marker.ts";
import type { Observation, RemoteThing } from "../core/observation.ts";
import type { Resource } from "../core/resource.ts";
import type { Connection } from "../provider/connection.ts";
import type { Snapshot } from "../provider/snapshot.ts";
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
  if (id === undefined) return withoutNamed(resource, snapshot);
  const listed = snapshot.byId(id);
  if (listed !== undefined) return withNamed(resource, snapshot, listed);
  const askedMs = now();
  const fetched = await remote.get(id, signal);
  // What is not listed for one credential and not found for another is not therefore gone.
  connection.requireCredential(snapshot.credential);
  if (fetched !== undefined) return withNamed(resource, snapshot, fetched);
  const later = await snapshots.listedSince(askedMs);
  connection.requireCredential(snapshot.credential);
  const reappeared = later.byId(id);
  return reappeared === undefined
    ? withoutNamed(resource, later)
    : withNamed(resource, later, reappeared);
}

function withoutNamed({ marker }: Resource, snapshot: Snapshot): Observation {
  const { lookedAtMs, credential } = snapshot;
  const marked = snapshot.byMarker(marker);
  return { lookedAtMs, credential, marked, isNamedListed: false, isNamedGone: true };
}

function withNamed({ marker }: Resource, snapshot: Snapshot, named: RemoteThing): Observation {
  const { lookedAtMs, credential } = snapshot;
  const listed = snapshot.byMarker(marker);
  const isAmongThem = listed.some((thing) => thing.id === named.id);
  const isOurs = markerOf(named.label) === marker;
  return {
    lookedAtMs,
    credential,
    named,
    marked: isOurs && !isAmongThem ? [named, ...listed] : listed,
    isNamedListed: snapshot.byId(named.id) !== undefined,
    isNamedGone: false,
  };
}
