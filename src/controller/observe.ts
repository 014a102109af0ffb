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

/** The remote side is being looked at; who waits for that holds no worker. */
export interface Looking {
  readonly looked: Promise<unknown>;
}

/**
 * How old a look may be: as fresh as our own last write demands, or the user; never older than two ticks. Where that has to be waited
 * for, the look that is under way is returned instead.
 *
 * @param awaitedSinceMs What was waited for before this: looks that take longer than they stay fresh are good enough then, and where they
 * are not, the next is waited for here.
 */
export function lookFor(
  object: ManagedObject,
  memory: ResourceMemory,
  { runtime, now, timing, connection }: Dependencies & { readonly connection: Connection },
  awaitedSinceMs: number | undefined,
): { readonly sinceMs: number } | Looking {
  if (isLookRequested(object, runtime.keys)) return { sinceMs: now() };
  const oldestMs = awaitedSinceMs ?? now() - TICKS_UNTIL_UNKNOWN * timing.restMs;
  const sinceMs = Math.max(memory.lookSinceMs, oldestMs);
  if (awaitedSinceMs !== undefined) return { sinceMs };
  const looked = connection.snapshots.lookingSince(sinceMs);
  if (looked === undefined) return { sinceMs };
  memory.awaitedSinceMs = sinceMs;
  return { looked };
}

/**
 * Looks for everything that may belong to a resource: by marker in the shared snapshot, by id with a GET where the snapshot
 * lacks it. A named thing is gone only after both, the list begun later than the GET; and what a list alone shows under our marker is ours
 * only if a GET finds it too, for lists lag.
 */
export async function observe(look: Look): Promise<Observation> {
  const { resource, connection, sinceMs, now, signal } = look;
  const { snapshots, remote } = connection;
  const id = resource.adoptId ?? resource.recordedId;
  const snapshot = await snapshots.listedSince(sinceMs);
  if (id === undefined) return withoutNamed(look, snapshot);
  const listed = snapshot.byId(id);
  if (listed !== undefined) return withNamed(look, snapshot, listed);
  const askedMs = now();
  const fetched = await remote.get(id, signal);
  // What is not listed for one credential and not found for another is not therefore gone.
  connection.requireCredential(snapshot.credential);
  if (fetched !== undefined) return withNamed(look, snapshot, fetched);
  const later = await snapshots.listedSince(askedMs);
  connection.requireCredential(snapshot.credential);
  const reappeared = later.byId(id);
  return reappeared === undefined ? withoutNamed(look, later) : withNamed(look, later, reappeared);
}

async function withoutNamed(look: Look, snapshot: Snapshot): Promise<Observation> {
  const { lookedAtMs, credential } = snapshot;
  const marked = await foundAgain(look, snapshot);
  // What the list shows and a GET does not may be coming or going; it is not gone.
  const isNamedGone = marked.length === snapshot.byMarker(look.resource.marker).length;
  return { lookedAtMs, credential, marked, isNamedListed: false, isNamedGone };
}

async function withNamed(look: Look, snapshot: Snapshot, named: RemoteThing): Promise<Observation> {
  const { lookedAtMs, credential } = snapshot;
  const { marker } = look.resource;
  const isOurs = markerOf(named.label) === marker;
  const listed = isOurs ? snapshot.byMarker(marker) : await foundAgain(look, snapshot);
  const isAmongThem = listed.some((thing) => thing.id === named.id);
  return {
    lookedAtMs,
    credential,
    named,
    marked: isOurs && !isAmongThem ? [named, ...listed] : listed,
    isNamedListed: snapshot.byId(named.id) !== undefined,
    isNamedGone: false,
  };
}

/** Those with our marker in the list that a GET shows as well, and as it shows them. */
async function foundAgain(
  { resource, connection, signal }: Look,
  snapshot: Snapshot,
): Promise<readonly RemoteThing[]> {
  const { marker } = resource;
  const found: RemoteThing[] = [];
  for (const { id } of snapshot.byMarker(marker)) {
    const thing = await connection.remote.get(id, signal);
    connection.requireCredential(snapshot.credential);
    if (thing !== undefined && markerOf(thing.label) === marker) found.push(thing);
  }
  return found;
}
