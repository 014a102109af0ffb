import { isDeepStrictEqual } from "node:util";
import { findCondition } from "../api/conditions.ts";
import type { MetadataKeys } from "../api/metadata.ts";
import { compareResourceVersions } from "../kube/resource-version.ts";
import type { SnapshotChanges } from "../provider/snapshot.ts";
import type { Connection } from "../provider/connection.ts";
import { INDEX, type KindRuntime, type Kinds, referenceTo } from "./kind-runtime.ts";
import { type ManagedObject, namespaceOf } from "./managed-object.ts";

/** What wakes a key: the object itself, what it refers to, what refers to it, and what was seen remotely. */
export function watchResources(kinds: Kinds): () => void {
  const stops = [...kinds.values()].map((runtime) =>
    runtime.store.onChange((key, current, previous) => {
      if (needsReconcile(key, current, previous, runtime)) runtime.queue.add(key);
      else if (current !== undefined && wasTakenOff(runtime.keys.change, current, previous))
        // Our own write may be seen before it is answered.
        runtime.queue.addIf(key, () => isNewer(current, runtime.ownWrites.get(key)));
      if (current === undefined && previous !== undefined) runtime.departed.set(key, previous);
      if (current === undefined) runtime.ownWrites.delete(key);
      wakeNeighbours(kinds, runtime, current, previous);
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

/** The keys of what a new snapshot of an account shows otherwise; nobody else's. */
export function wakeChanged(
  { store, queue, accounts }: KindRuntime,
  connection: Connection,
  changes: SnapshotChanges,
): void {
  const found = [
    ...[...changes.ids].flatMap((id) => store.byIndex(INDEX.remoteId, id)),
    ...[...changes.markers].flatMap((marker) => store.byIndex(INDEX.marker, marker)),
  ];
  for (const object of found) {
    if (accounts.of(object).connection === connection)
      queue.add(`${namespaceOf(object)}/${object.metadata.name}`);
  }
}

export function wakeAll({ store, queue }: KindRuntime): void {
  for (const object of store.list()) queue.add(`${namespaceOf(object)}/${object.metadata.name}`);
}

/** Everything of one account, or of one namespace. */
export function wakeWhere(
  { store, queue }: KindRuntime,
  isConcerned: (object: ManagedObject) => boolean,
): void {
  for (const object of store.list())
    if (isConcerned(object)) queue.add(`${namespaceOf(object)}/${object.metadata.name}`);
}

/** Our own status patches come back as events too; they are no news. */
function needsReconcile(
  key: string,
  current: ManagedObject | undefined,
  previous: ManagedObject | undefined,
  { keys, ownWrites }: KindRuntime,
): boolean {
  if (current === undefined || previous === undefined) return true;
  if (hasFinalizer(previous, keys) && !hasFinalizer(current, keys)) return true;
  if (!isDeepStrictEqual(userSide(current, keys), userSide(previous, keys))) return true;
  // Whoever else writes the status, it is put right.
  const isOurs = ownWrites.get(key) === current.metadata.resourceVersion;
  return !isOurs && !isDeepStrictEqual(current.status, previous.status);
}

/** A person takes it off to have something tried again; we take it off when it has served. */
function wasTakenOff(
  annotation: string,
  current: ManagedObject,
  previous: ManagedObject | undefined,
): boolean {
  const [now, before] = [current, previous].map(
    (object) => object?.metadata.annotations?.[annotation],
  );
  return before !== undefined && now === undefined;
}

/** Our writes are refused where our copy is not the latest: what is older than one of them was ours, or was known when it was written. */
function isNewer({ metadata }: ManagedObject, ownWrite: string | undefined): boolean {
  if (ownWrite === undefined) return true;
  const order = compareResourceVersions(metadata.resourceVersion, ownWrite);
  return order === undefined || order > 0;
}

/** Somebody who replaces an object whole takes our finalizer off; it must be put back before the next delete. */
function hasFinalizer({ metadata }: ManagedObject, keys: MetadataKeys): boolean {
  return metadata.finalizers?.includes(keys.finalizer) ?? false;
}

/** What others write. Finalizers matter only on the way out, where those of others are waited for. */
function userSide({ metadata }: ManagedObject, keys: MetadataKeys): unknown {
  const { uid, generation, deletionTimestamp, finalizers, annotations } = metadata;
  const isLeaving = deletionTimestamp !== undefined;
  const asked = [keys.paused, keys.reconcileRequestedAt, keys.acknowledgeGone].map(
    (key) => annotations?.[key],
  );
  return { uid, generation, deletionTimestamp, asked, finalizers: isLeaving ? finalizers : [] };
}

/** Whoever refers to this object waits for it to be ready or gone; whatever it refers to waits for it to let go. */
function wakeNeighbours(
  kinds: Kinds,
  { port }: KindRuntime,
  current: ManagedObject | undefined,
  previous: ManagedObject | undefined,
): void {
  const object = current ?? previous;
  if (object === undefined) return;
  const namespace = namespaceOf(object);
  if (isUsable(current) !== isUsable(previous)) {
    const reference = referenceTo(port.kind, namespace, object.metadata.name);
    for (const { store, queue } of kinds.values()) {
      for (const user of store.byIndex(INDEX.reference, reference)) {
        queue.add(`${namespace}/${user.metadata.name}`);
      }
    }
  }
  if (current !== undefined && current.metadata.generation === previous?.metadata.generation)
    return;
  for (const side of [current, previous]) {
    for (const { kind, name } of side === undefined ? [] : port.references(side.spec)) {
      kinds.get(kind)?.queue.add(`${namespace}/${name}`);
    }
  }
}

/** What others can see of it: its id, whether it is ready, whether it is leaving. */
function isUsable(object: ManagedObject | undefined): string {
  if (object === undefined) return "absent";
  const ready = findCondition(object.status?.conditions, "Ready");
  return `${object.status?.id} ${ready?.status} ${ready?.message} ${object.metadata.deletionTimestamp}`;
}
