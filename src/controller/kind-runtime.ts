import type { MetadataKeys } from "../api/metadata.ts";
import type { Store } from "../kube/store.ts";
import type { KindPort, ManagedSpec } from "../provider/port.ts";
import type { AccountChooser } from "./account-choice.ts";
import {
  type Identification,
  isProtected,
  type ManagedObject,
  markerOfObject,
  namespaceOf,
} from "./managed-object.ts";
import type { Urgency, Workqueue } from "./workqueue.ts";

/** Everything that exists once for each kind while the operator runs. */
export interface KindRuntime {
  readonly port: KindPort<ManagedSpec>;
  readonly identification: Identification;
  readonly keys: MetadataKeys;
  readonly store: Store<ManagedObject>;
  readonly queue: Workqueue;
  /** In which account the remote thing of an object is, or is to be. */
  readonly accounts: AccountChooser;
  /** The version that our own last write gave to an object, by its key: its event is no news. */
  readonly ownWrites: Map<string, string>;
  /** Since when, in monotonic milliseconds, nobody knows what became of a key's create request. */
  readonly unsettled: Map<string, number>;
  /** The last copy of objects that are gone, until their keys have been worked off. */
  readonly departed: Map<string, ManagedObject>;
}

/** The kinds of this process by name; resources refer to each other across kinds. */
export type Kinds = ReadonlyMap<string, KindRuntime>;

/** Indexes of a store: how to get from what was seen remotely, or from another resource, to the keys it concerns. */
export const INDEX = {
  /** Marker → the resource it stands for. */
  marker: "marker",
  /** Remote id → the resources that recorded it or want to adopt it. */
  remoteId: "remoteId",
  /** `Kind/namespace/name` → the resources that refer to it. */
  reference: "reference",
} as const;

export function addIndexes(
  store: Store<ManagedObject>,
  port: KindPort<ManagedSpec>,
  identification: Identification,
): void {
  store.addIndex(INDEX.marker, (object) => [markerOfObject(object, identification)]);
  store.addIndex(INDEX.remoteId, ({ status, spec }) =>
    [status?.id, spec.adopt?.id].flatMap((id) => (id === undefined ? [] : [String(id)])),
  );
  store.addIndex(INDEX.reference, (object) =>
    port
      .references(object.spec)
      .map(({ kind, name }) => referenceTo(kind, namespaceOf(object), name)),
  );
}

/** How soon a key wants a worker: judged by what the cache shows, which costs nothing to ask. */
export function urgencyIn(store: Store<ManagedObject>, port: KindPort<ManagedSpec>) {
  return (key: string): Urgency => {
    const object = store.get(key);
    if (object === undefined) return "is awaited";
    const { metadata, spec, status } = object;
    if (metadata.deletionTimestamp !== undefined && !isProtected(object)) return "saves money";
    if (status?.observedGeneration === metadata.generation) return "at leisure";
    return port.savesMoney?.(spec) === true && status?.id !== undefined
      ? "saves money"
      : "is awaited";
  };
}

export function referenceTo(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}
