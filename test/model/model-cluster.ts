import { isDeepStrictEqual } from "node:util";
import type { ManagedObject } from "../../src/controller/managed-object.ts";
import type { KubeResponse } from "../../src/kube/transport.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** One commit: what an object was, and what it is. `after` is undefined where it left. */
export interface Commit {
  readonly name: string;
  readonly before: ManagedObject | undefined;
  readonly after: ManagedObject | undefined;
  readonly byOperator: boolean;
  readonly revision: number;
}

export interface MergePatch {
  readonly metadata: {
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly finalizers?: readonly string[];
    readonly annotations?: Readonly<Record<string, string | null>>;
  };
  readonly status?: Readonly<Record<string, unknown>>;
}

export const NAMESPACE = "default";

/**
 * The API server and its etcd, as far as one kind of custom resource sees them: resourceVersions, generations, finalizers, the status
 * subresource, preconditions. Every commit is told to the listeners before anything else happens.
 */
export class ModelCluster {
  readonly #clock: VirtualClock;
  readonly #objects = new Map<string, ManagedObject>();
  readonly #listeners: ((commit: Commit) => void)[] = [];
  #revision = 100;
  #uids = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  onCommit(listener: (commit: Commit) => void): void {
    this.#listeners.push(listener);
  }

  /** Of the latest commit. */
  get revision(): number {
    return this.#revision;
  }

  get(name: string): ManagedObject | undefined {
    return this.#objects.get(name);
  }

  list(): ManagedObject[] {
    return [...this.#objects.values()];
  }

  create(
    name: string,
    spec: ManagedObject["spec"],
    annotations: Readonly<Record<string, string>>,
  ): void {
    if (this.#objects.has(name)) return;
    this.#uids += 1;
    const uid = `uid-${this.#uids}`;
    const creationTimestamp = this.#clock.wall().toISOString();
    const metadata = { name, namespace: NAMESPACE, uid, generation: 1, creationTimestamp };
    this.#commit(
      name,
      { metadata: { ...metadata, annotations, resourceVersion: "" }, spec },
      false,
    );
  }

  /** The user writes a spec; an equal one is no change. */
  writeSpec(name: string, spec: ManagedObject["spec"]): void {
    const object = this.#objects.get(name);
    if (object === undefined || isDeepStrictEqual(object.spec, spec)) return;
    const generation = (object.metadata.generation ?? 0) + 1;
    this.#commit(name, { ...object, spec, metadata: { ...object.metadata, generation } }, false);
  }

  writeMetadata(name: string, changes: Partial<ManagedObject["metadata"]>): void {
    const object = this.#objects.get(name);
    if (object === undefined) return;
    this.#commit(name, { ...object, metadata: { ...object.metadata, ...changes } }, false);
  }

  /** A restore from a backup that has no status. */
  dropStatus(name: string): void {
    const object = this.#objects.get(name);
    if (object === undefined) return;
    const { status: _, ...rest } = object;
    this.#commit(name, rest, false);
  }

  /** Somebody writes it who has the right to, and is not the operator. */
  forgeStatus(name: string, status: Readonly<Record<string, unknown>>): void {
    const object = this.#objects.get(name);
    if (object !== undefined) this.#commit(name, { ...object, status }, false);
  }

  /** With finalizers the object stays and is marked; that is a new generation. */
  remove(name: string): void {
    const object = this.#objects.get(name);
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return;
    const generation = (object.metadata.generation ?? 0) + 1;
    const deletionTimestamp = this.#clock.wall().toISOString();
    const metadata = { ...object.metadata, generation, deletionTimestamp };
    this.#commit(name, { ...object, metadata }, false);
  }

  /** A merge patch as the operator sends it, with the answer it gets. */
  patch(name: string, patch: MergePatch, subresource: "status" | undefined): KubeResponse {
    const object = this.#objects.get(name);
    if (object === undefined) return refusal(404, "NotFound");
    const { resourceVersion, uid } = patch.metadata;
    if (resourceVersion !== undefined && resourceVersion !== object.metadata.resourceVersion)
      return refusal(409, "Conflict");
    if (subresource === "status") {
      const status = merge(object.status ?? {}, patch.status ?? {});
      return this.#answer(name, { ...object, status });
    }
    if (uid !== undefined && uid !== object.metadata.uid) return refusal(409, "Conflict");
    return this.#patchMetadata(name, object, patch);
  }

  #patchMetadata(name: string, object: ManagedObject, { metadata }: MergePatch): KubeResponse {
    const before = object.metadata.finalizers ?? [];
    const finalizers = metadata.finalizers ?? before;
    const isLeaving = object.metadata.deletionTimestamp !== undefined;
    if (isLeaving && finalizers.some((finalizer) => !before.includes(finalizer)))
      return refusal(422, "Invalid");
    const annotations = withoutNulls({ ...object.metadata.annotations, ...metadata.annotations });
    return this.#answer(name, {
      ...object,
      metadata: { ...object.metadata, finalizers, annotations },
    });
  }

  #answer(name: string, next: ManagedObject): KubeResponse {
    const committed = isDeepStrictEqual(next, this.#objects.get(name))
      ? next
      : this.#commit(name, next, true);
    return { status: 200, retryAfter: undefined, body: committed };
  }

  /** What is marked and held by nothing leaves with the same commit. */
  #commit(name: string, next: ManagedObject, byOperator: boolean): ManagedObject {
    this.#revision += 1;
    const revision = this.#revision;
    const metadata = { ...next.metadata, resourceVersion: String(revision) };
    const committed = { ...next, metadata };
    const before = this.#objects.get(name);
    const isGone =
      metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
    if (isGone) this.#objects.delete(name);
    else this.#objects.set(name, committed);
    const after = isGone ? undefined : committed;
    for (const listener of this.#listeners) listener({ name, before, after, byOperator, revision });
    return committed;
  }
}

export function refusal(status: number, reason: string): KubeResponse {
  return { status, retryAfter: undefined, body: { kind: "Status", reason, message: reason } };
}

/** RFC 7396: null takes a field away. */
function merge(
  target: Readonly<Record<string, unknown>>,
  patch: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ ...target, ...patch }).filter(([, value]) => value !== null),
  );
}

function withoutNulls(
  annotations: Readonly<Record<string, string | null>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).flatMap(([key, value]) =>
      value === null ? [] : [[key, value] as const],
    ),
  );
}
