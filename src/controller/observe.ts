import { TICKS_UNTIL_UNKNOWN } from "../core/failure.ts";
import { markerOf } from "../core/marker.ts";
import type { Observation, RemoteThing } from "../core/observation.ts";
import type { Resource } from "../core/resource.ts";
import type { Wish } from "../core/situation.ts";
import type { Connection } from "../provider/connection.ts";
import type { Snapshot } from "../provider/snapshot.ts";
import type { Dependencies } from "./dependencies.ts";
import { isLookRequested, type ManagedObject } from "./managed-object.ts";
import type { AwaitedLook, ResourceMemory } from "./memory.ts";

export interface Look {
  readonly resource: Resource;
  /** What was waited for before this. */
  readonly awaited: AwaitedLook | undefined;
  /** The thing that is known to be the resource's own, whatever its status names. */
  readonly knownId?: string | undefined;
  readonly connection: Connection;
  readonly wish: Wish;
  /** Only a list begun at this time or later will do; monotonic milliseconds. */
  readonly sinceMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** The remote side is being looked at; who waits for that holds no worker. */
export interface Looking {
  readonly looked: Promise<unknown>;
  /** What to go by once it is there. */
  readonly awaited: AwaitedLook;
}

/**
 * How old a look may be: as fresh as our own last write demands, or the user; never older than two ticks. Where that has to be waited
 * for, the look that is under way is returned instead.
 *
 * @param awaited What was waited for before this: looks that take longer than they stay fresh are good enough then, and where they
 * are not, the next is waited for here.
 */
export function lookFor(
  object: ManagedObject,
  memory: ResourceMemory,
  { runtime, now, timing, connection }: Dependencies & { readonly connection: Connection },
  awaited: AwaitedLook | undefined,
): { readonly sinceMs: number } | Looking {
  if (isLookRequested(object, runtime.keys)) return { sinceMs: now() };
  const oldestMs = awaited?.sinceMs ?? now() - TICKS_UNTIL_UNKNOWN * timing.restMs;
  const sinceMs = Math.max(memory.lookSinceMs, oldestMs);
  if (awaited !== undefined) return { sinceMs };
  const looked = connection.snapshots.lookingSince(sinceMs);
  return looked === undefined ? { sinceMs } : { looked, awaited: { sinceMs } };
}

/**
 * Looks for everything that may belong to a resource: by marker in the shared snapshot, by id with a GET where the snapshot
 * lacks it. A named thing is gone only after both, the list begun later than the GET: that list is waited for without a worker. And what a
 * list alone shows under our marker is ours only if a GET finds it too, for lists lag.
 */
export async function observe(look: Look): Promise<Observation | Looking> {
  const found = await find(look);
  return "awaited" in found ? found : withDetails(found, look);
}

/** What the list does not say: what only further questions show, and what is billed, which is known from elsewhere. */
async function withDetails(observation: Observation, look: Look): Promise<Observation> {
  const { named, marked } = observation;
  const all = new Map<RemoteThing, RemoteThing>();
  for (const thing of new Set([...marked, ...(named === undefined ? [] : [named])]))
    all.set(thing, await detailed(thing, look));
  const one = (thing: RemoteThing): RemoteThing => all.get(thing) ?? thing;
  return {
    ...observation,
    marked: marked.map(one),
    ...(named === undefined ? {} : { named: one(named) }),
  };
}

/** Of what is on its way out nobody wants to know more. */
async function detailed(
  thing: RemoteThing,
  { resource, wish: { fields: wanted }, connection: { remote }, signal }: Look,
): Promise<RemoteThing> {
  const { asked, isDeleting } = resource;
  const elaborated = isDeleting
    ? thing
    : ((await remote.elaborate?.(thing, { wanted, asked }, signal)) ?? thing);
  return remote.withCharge?.(elaborated) ?? elaborated;
}

async function find(look: Look): Promise<Observation | Looking> {
  const { resource, awaited, connection, sinceMs, now } = look;
  const { snapshots } = connection;
  const snapshot = await snapshots.listedSince(sinceMs);
  const askedMs = now();
  const { found, missing } = await askFor(idsOf(look), look, snapshot);
  const isProven = missing.every((id) => isDeniedTwice(id, awaited, snapshot));
  // As long as one of ours is there, nothing is made and nothing let go of, so what is not there needs no proof.
  if (!isProven && !found.some((thing) => bears(thing, resource.marker))) {
    const looked = snapshots.lookingSince(askedMs) ?? Promise.resolve();
    const notFound = { ids: missing, credential: snapshot.credential };
    return { looked, awaited: { sinceMs: askedMs, notFound } };
  }
  const [named, ...others] = found;
  if (named === undefined) return withoutNamed(look, snapshot);
  return withNamed(look, snapshot, named, others);
}

/** What the resource names, and what is known to be its own where a status that somebody has forged names something else. */
function idsOf({ resource: { adoptId, recordedId }, knownId }: Look): readonly string[] {
  const ids = adoptId === undefined ? [recordedId, knownId] : [adoptId];
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** By id: in the list, and where that lacks one with a GET, unless an earlier GET has denied it as well. */
async function askFor(
  ids: readonly string[],
  { awaited, connection, signal }: Look,
  snapshot: Snapshot,
): Promise<{ readonly found: readonly RemoteThing[]; readonly missing: readonly string[] }> {
  const found: RemoteThing[] = [];
  const missing: string[] = [];
  for (const id of ids) {
    let thing = snapshot.byId(id);
    if (thing === undefined && !isDeniedTwice(id, awaited, snapshot)) {
      thing = await connection.remote.get(id, signal);
      // What is not listed for one credential and not found for another is not therefore gone.
      connection.requireCredential(snapshot.credential);
    }
    if (thing === undefined) missing.push(id);
    else found.push(thing);
  }
  return { found, missing };
}

/** A GET did not find it, and this list, which lacks it, was begun after that and with the same credential. */
function isDeniedTwice(id: string, awaited: AwaitedLook | undefined, list: Snapshot): boolean {
  const { notFound, sinceMs = Infinity } = awaited ?? {};
  const isSame = notFound?.ids.includes(id) === true && notFound.credential === list.credential;
  return isSame && list.lookedAtMs >= sinceMs;
}

async function withoutNamed(look: Look, snapshot: Snapshot): Promise<Observation> {
  const { lookedAtMs, credential } = snapshot;
  const { marked, isAnyDenied } = await foundAgain(look, snapshot);
  // What the list shows and a GET does not may be coming or going; it is not gone.
  const isNamedGone = !isAnyDenied;
  return { lookedAtMs, credential, marked, isNamedListed: false, isNamedGone, isAnyDenied };
}

/** @param others What else was found by its id. */
async function withNamed(
  look: Look,
  snapshot: Snapshot,
  named: RemoteThing,
  others: readonly RemoteThing[],
): Promise<Observation> {
  const { lookedAtMs, credential } = snapshot;
  const { marker } = look.resource;
  const { marked: listed, isAnyDenied } = bears(named, marker)
    ? { marked: snapshot.byMarker(marker), isAnyDenied: false }
    : await foundAgain(look, snapshot);
  const isUnlisted = (thing: RemoteThing): boolean =>
    bears(thing, marker) && listed.every(({ id }) => id !== thing.id);
  return {
    lookedAtMs,
    credential,
    named,
    marked: [...[named].filter(isUnlisted), ...listed, ...others.filter(isUnlisted)],
    isNamedListed: snapshot.byId(named.id) !== undefined,
    isNamedGone: false,
    isAnyDenied,
  };
}

/** Those with our marker in the list that a GET shows as well, and as it shows them; and whether it denied any. */
async function foundAgain(
  { resource, connection, signal }: Look,
  snapshot: Snapshot,
): Promise<{ readonly marked: readonly RemoteThing[]; readonly isAnyDenied: boolean }> {
  const { marker } = resource;
  const found: RemoteThing[] = [];
  const listed = snapshot.byMarker(marker);
  for (const { id } of listed) {
    const thing = await connection.remote.get(id, signal);
    connection.requireCredential(snapshot.credential);
    if (thing !== undefined && bears(thing, marker)) found.push(thing);
  }
  return { marked: found, isAnyDenied: found.length < listed.length };
}

function bears({ label }: RemoteThing, marker: string): boolean {
  return markerOf(label) === marker;
}
