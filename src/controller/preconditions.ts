import { markerOf } from "../core/marker.ts";
import { KubeError } from "../kube/errors.ts";
import { keyOf } from "../kube/kube-object.ts";
import { connectionOf } from "./account-choice.ts";
import type { ActContext } from "./act-context.ts";
import { readKeepsake } from "./keep.ts";
import { isProtected, type ManagedObject, namespaceOf } from "./managed-object.ts";

/** What is asked when a request's turn has come, however long it waited: whether what it rests on still holds. */

/** Nobody has deleted, paused or changed the resource since: as far as the cache knows, which costs nothing to ask. */
export async function requireStillWanted(context: ActContext): Promise<void> {
  const { object, runtime } = context;
  const { keys, store } = runtime;
  requireSameTrust(context);
  const current = store.get(keyOf(object))?.metadata;
  const isSame =
    current?.uid === object.metadata.uid && current.generation === object.metadata.generation;
  const isWanted =
    current?.deletionTimestamp === undefined && current?.annotations?.[keys.paused] !== "true";
  if (!isSame || !isWanted) throw changed(context);
}

/** The newest list, if it has the thing, shows the same marker as what was decided upon. */
export function requireSameMarker(id: string, context: ActContext): void {
  const { observation } = context;
  const connection = connectionOf(context);
  requireSameTrust(context);
  const seen = [observation?.named, ...(observation?.marked ?? [])].find(
    (thing) => thing?.id === id,
  );
  const latest = connection.snapshots.latest?.byId(id);
  if (seen === undefined || latest === undefined) return;
  if (markerOf(seen.label) !== markerOf(latest.label)) throw changed(context);
}

/**
 * Before a remote DELETE the object is read anew, past every cache: the same one, still on its way out or still not, and still protected
 * or still not. A twin that it has recorded meanwhile is no twin.
 */
export async function confirm(id: string, context: ActContext): Promise<void> {
  const { object, resource, runtime, memory, client, signal } = context;
  const current = await client.get<ManagedObject>(
    runtime.port,
    namespaceOf(object),
    object.metadata.name,
    signal,
  );
  const isSame = current.metadata.uid === resource.uid;
  const isDeleting = current.metadata.deletionTimestamp !== undefined;
  const isHeld = isProtected(current);
  // A changed policy is a new generation; the annotation is the other way to say "hands off".
  const isWanted =
    current.metadata.generation === object.metadata.generation &&
    current.metadata.annotations?.[runtime.keys.paused] !== "true";
  const isKept = (!isDeleting || isHeld) && (await idToKeep(current, context)) === id;
  // Whatever was made last, this is what the resource goes by.
  if (isKept) memory.made = undefined;
  const isAsDecided = isDeleting === resource.isDeleting && isHeld === resource.isProtected;
  if (!isSame || !isWanted || isKept || !isAsDecided) throw changed(context);
}

/** What the Secret holds the value of, for kinds that have one; else what is recorded. */
async function idToKeep(current: ManagedObject, context: ActContext): Promise<string> {
  if (context.keepsake === undefined) return String(current.status?.id);
  const keepsake = await readKeepsake({ ...context, object: current });
  return String(keepsake?.kept.id);
}

/**
 * The account is the same, trusted and describing itself as it did, and the credential is the one that was looked with.
 */
function requireSameTrust(context: ActContext): void {
  const { object, runtime } = context;
  const connection = connectionOf(context);
  const current = runtime.store.get(keyOf(object)) ?? object;
  if (runtime.accounts.of(current).connection !== connection) throw changed(context);
  connection.requireCredential(credentialOf(context));
  const { suspicion, terms } = connection;
  if (suspicion !== context.suspicion || terms !== context.terms) throw changed(context);
}

/** The credential with which was seen what the decision rests on. */
export function credentialOf({ observation }: ActContext): string {
  if (observation === undefined) throw new TypeError("nothing is changed without a look");
  return observation.credential;
}

function changed({ resource: { kind, namespace, name } }: ActContext): KubeError {
  return new KubeError("conflict", `${kind} ${namespace}/${name} has changed since it was read`);
}
