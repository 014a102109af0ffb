import type { Condition } from "../api/conditions.ts";
import type { MetadataKeys } from "../api/metadata.ts";
import { parseAsked } from "../core/asked.ts";
import { isOfNewerVersion, parseIntent } from "../core/journal.ts";
import { markerFor } from "../core/marker.ts";
import type { Resource } from "../core/resource.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import type { ManagedSpec } from "../provider/port.ts";

export interface ManagedStatus {
  readonly observedGeneration?: number;
  readonly id?: number | string;
  readonly seenWith?: string;
  readonly account?: string;
  readonly lastHandledReconcileAt?: string;
  readonly conditions?: readonly Condition[];
  readonly [field: string]: unknown;
}

/** A custom resource of any kind that stands for a remote thing. */
export interface ManagedObject extends KubeObject {
  readonly spec: ManagedSpec;
  readonly status?: ManagedStatus;
}

/** Finalizers of the garbage collector: they order deletion, they do not need the remote thing. */
const GARBAGE_COLLECTOR: ReadonlySet<string> = new Set(["foregroundDeletion", "orphan"]);

export interface Identification {
  readonly kind: string;
  readonly ownerId: string;
  readonly keys: MetadataKeys;
}

export function namespaceOf(object: KubeObject): string {
  return object.metadata.namespace ?? "";
}

export function markerOfObject(object: KubeObject, { kind, ownerId }: Identification): string {
  return markerFor({ ownerId, kind, namespace: namespaceOf(object), name: object.metadata.name });
}

/** The object as the rules see it. */
export function resourceOf(object: ManagedObject, identification: Identification): Resource {
  const { metadata, spec, status } = object;
  const { keys, kind } = identification;
  const finalizers = metadata.finalizers ?? [];
  const intent = parseIntent(metadata.annotations?.[keys.create]);
  const asked = parseAsked(metadata.annotations?.[keys.change]);
  const acknowledgedGone = metadata.annotations?.[keys.acknowledgeGone];
  return {
    kind,
    namespace: namespaceOf(object),
    name: metadata.name,
    uid: metadata.uid,
    generation: metadata.generation ?? 0,
    marker: markerOfObject(object, identification),
    isPaused: metadata.annotations?.[keys.paused] === "true",
    isFromTheFuture: isOfNewerVersion(metadata.annotations?.[keys.create]),
    isDeleting: metadata.deletionTimestamp !== undefined,
    hasFinalizer: finalizers.includes(keys.finalizer),
    otherFinalizers: finalizers.filter(
      (name) => name !== keys.finalizer && !GARBAGE_COLLECTOR.has(name),
    ),
    deletionPolicy: spec.deletionPolicy ?? "Delete",
    isProtected: isProtected(object),
    managementPolicy: spec.managementPolicy ?? "Full",
    recreatePolicy: spec.recreatePolicy ?? "Always",
    ...(spec.adopt === undefined ? {} : { adoptId: String(spec.adopt.id) }),
    ...(status?.id === undefined ? {} : { recordedId: String(status.id) }),
    ...(status?.seenWith === undefined ? {} : { seenWith: status.seenWith }),
    ...(acknowledgedGone === undefined ? {} : { acknowledgedGone }),
    ...(intent === undefined ? {} : { intent }),
    ...(asked === undefined ? {} : { asked }),
    conditions: status?.conditions ?? [],
  };
}

/** Whoever deletes it: the remote thing stays until a person takes this off. */
export function isProtected({ spec }: ManagedObject): boolean {
  return spec.deletionProtection === true;
}

/** The user asked for a fresh look and has not been answered yet. */
export function isLookRequested({ metadata, status }: ManagedObject, keys: MetadataKeys): boolean {
  const asked = metadata.annotations?.[keys.reconcileRequestedAt];
  return asked !== undefined && asked !== status?.lastHandledReconcileAt;
}
