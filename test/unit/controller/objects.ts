import { soleAccount } from "../../../src/controller/account-choice.ts";
import { Workqueue } from "../../../src/controller/workqueue.ts";
import { addIndexes, type KindRuntime, type Kinds } from "../../../src/controller/kind-runtime.ts";
import type { ManagedObject, ManagedStatus } from "../../../src/controller/managed-object.ts";
import type { ResourceMetadata } from "../../../src/api/custom-resource.ts";
import { HPC_PARK_GROUP, metadataKeys } from "../../../src/api/metadata.ts";
import { Store } from "../../../src/kube/store.ts";
import { Connection, type ConnectionOptions } from "../../../src/provider/connection.ts";
import { instanceKind } from "../../../src/provider/hpc-park/instance.ts";
import { namespaceKind } from "../../../src/provider/hpc-park/namespace.ts";
import { storageKind } from "../../../src/provider/hpc-park/storage.ts";
import type { KindPort, ManagedSpec, RemoteKind } from "../../../src/provider/port.ts";
import { Trust } from "../../../src/provider/trust.ts";

export const KEYS = metadataKeys(HPC_PARK_GROUP);
const AT = "2026-01-01T00:00:00Z";

export interface Parts {
  readonly metadata?: Partial<ResourceMetadata>;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: ManagedStatus;
}

/** An object as the API server hands it out; its uid is its name unless given. */
export function objectOf(name: string, { metadata, spec, status }: Parts = {}): ManagedObject {
  const basis: ManagedSpec = {
    deletionPolicy: "Delete",
    managementPolicy: "Full",
    recreatePolicy: "Always",
  };
  return {
    metadata: {
      name,
      namespace: "default",
      uid: name,
      resourceVersion: "1",
      generation: 1,
      creationTimestamp: AT,
      ...metadata,
    },
    spec: { ...basis, ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

export function readyStatus(id: number, message = "running"): ManagedStatus {
  const ready = { type: "Ready", status: "True", reason: "Available", message } as const;
  return { id, conditions: [{ ...ready, lastTransitionTime: AT }] };
}

/** Three kinds with empty caches and queues, and a provider that nobody asks. */
export function kindsOf(): {
  kinds: Kinds;
  instances: KindRuntime;
  storages: KindRuntime;
  networks: KindRuntime;
} {
  const instances = runtimeOf(instanceKind);
  const storages = runtimeOf(storageKind);
  const networks = runtimeOf(namespaceKind);
  const all = [instances, storages, networks];
  const kinds = new Map(all.map((runtime) => [runtime.port.kind, runtime]));
  return { kinds, instances, storages, networks };
}

/** @param account The one account that its things are in; left out, nobody is to be asked. */
export function runtimeOf(port: KindPort<never>, account = NOBODY): KindRuntime {
  // The specs of a store are those of its own kind, as the manager sees to it.
  const managed = port as KindPort<ManagedSpec>;
  const identification = { kind: port.kind, ownerId: "owner", keys: KEYS };
  const store = new Store<ManagedObject>((error) => {
    throw error;
  });
  addIndexes(store, managed, identification);
  const now = (): number => performance.now();
  const queue = new Workqueue({ now, random: () => 0 });
  const ownWrites = new Map<string, string>();
  return {
    port: managed,
    identification,
    keys: KEYS,
    store,
    queue,
    accounts: soleAccount(account),
    ownWrites,
    unsettled: new Map(),
    departed: new Map(),
  };
}

/** One account for both kinds, as the manager has it. */
export const NOBODY = connection();

/**
 * @param present What its provider answers; whatever else is asked rejects.
 * @param account Where it is, and its clock; left out, nothing is known of it, and its time stands still.
 */
export function connection(
  present: Partial<RemoteKind> = {},
  account: Partial<Pick<ConnectionOptions, "server" | "now">> = {},
): Connection {
  const refuse = (): Promise<never> => Promise.reject(new Error("nobody is to be asked"));
  const remote: RemoteKind = {
    credential: undefined,
    list: refuse,
    get: refuse,
    create: refuse,
    change: refuse,
    remove: refuse,
    ...present,
  };
  return new Connection({
    remote,
    kind: "HpcInstance",
    trust: new Trust(() => undefined),
    expectedIds: () => [],
    onChanges: () => undefined,
    timing: { activeMs: 1, restMs: 1, quietMs: 1 },
    signal: new AbortController().signal,
    now: () => 0,
    random: () => 0,
    onStale: () => undefined,
    onRecovery: () => undefined,
    ...account,
  });
}

/** The keys that wait in a queue; they are taken out. */
export async function drain({ queue }: KindRuntime): Promise<string[]> {
  const keys: string[] = [];
  while (queue.size > 0) {
    const key = await queue.take();
    if (key === undefined) break;
    queue.done(key);
    keys.push(key);
  }
  return keys;
}
