import { findCondition } from "../../src/api/conditions.ts";
import { soleAccount } from "../../src/controller/account-choice.ts";
import { addIndexes, type KindRuntime } from "../../src/controller/kind-runtime.ts";
import { isProtected, type ManagedObject } from "../../src/controller/managed-object.ts";
import { wakeAll, wakeChanged } from "../../src/controller/triggers.ts";
import type { Timing } from "../../src/core/situation.ts";
import { Store } from "../../src/kube/store.ts";
import { Connection } from "../../src/provider/connection.ts";
import { instanceKind, remoteInstances } from "../../src/provider/hpc-park/instance.ts";
import type { KindPort, ManagedSpec } from "../../src/provider/port.ts";
import { Trust } from "../../src/provider/trust.ts";
import { ModelQueue, random } from "./model-queue.ts";
import { modelHttp } from "./model-remote.ts";
import { KEYS, OWNER_ID } from "./names.ts";
import type { Replacements } from "./replacements.ts";
import { ACTIVE_MS, type Process, QUIET_MS, REST_MS, type Surroundings } from "./surroundings.ts";

export const PORT = instanceKind as KindPort<ManagedSpec>;
export const TIMING: Timing = { activeMs: ACTIVE_MS, restMs: REST_MS, quietMs: QUIET_MS };

/** Things that other resources of the account have recorded; they are there so that the breaker has something to compare. */
export type Bystanders = readonly string[];

export interface RuntimeParts {
  readonly surroundings: Surroundings;
  readonly process: Process;
  readonly bystanders: Bystanders;
  readonly replacements: Replacements;
}

/** What the manager has of one kind: the real store and connection, the workqueue on the virtual clock. */
export function modelRuntime(parts: RuntimeParts): KindRuntime {
  const { clock } = parts.surroundings;
  const identification = { kind: PORT.kind, ownerId: OWNER_ID, keys: KEYS };
  const store = new Store<ManagedObject>((error) => {
    throw error;
  });
  addIndexes(store, PORT, identification);
  const connection = connectionOf(parts, store, () => runtime);
  const queue = new ModelQueue(clock, parts.process);
  const runtime: KindRuntime = {
    port: PORT,
    identification,
    keys: KEYS,
    store,
    queue,
    accounts: soleAccount(connection),
    ownWrites: new Map(),
    unsettled: new Map(),
    departed: new Map(),
  };
  return runtime;
}

function connectionOf(
  { surroundings, process, bystanders, replacements }: RuntimeParts,
  store: Store<ManagedObject>,
  runtime: () => KindRuntime,
): Connection {
  const { clock, counts } = surroundings;
  const http = modelHttp(surroundings, process);
  const statePath = (id: string): Promise<string> => Promise.resolve(`/v1/instance/${id}/state/`);
  const remote = remoteInstances({ http, statePath });
  const everyKey = (): void => wakeAll(runtime());
  const connection: Connection = new Connection({
    remote: replacements.remote?.(remote) ?? remote,
    kind: PORT.kind,
    trust: new Trust(() => {
      counts.add("breaker/changed");
      everyKey();
    }),
    timing: { ...TIMING, activeMs: 0 },
    // Ended from the start, so that it sets no real timer; nothing else of it asks.
    signal: AbortSignal.abort(),
    now: clock.now,
    random,
    expectedIds: () => [...bystanders, ...expectedIds(store)],
    onChanges: (changes) => wakeChanged(runtime(), connection, changes),
    onStale: () => undefined,
    onRecovery: everyKey,
  });
  replacements.connection?.(connection, clock.now);
  return connection;
}

/** As the manager has it. */
function* expectedIds(store: Store<ManagedObject>): Iterable<string> {
  for (const object of store.list()) {
    const { metadata, status } = object;
    const isLeaving = metadata.deletionTimestamp !== undefined && !isProtected(object);
    if (isLeaving || status?.id === undefined) continue;
    const isAcknowledged = metadata.annotations?.[KEYS.acknowledgeGone] === String(status.id);
    const isLost = findCondition(status.conditions, "Stalled")?.reason === "Lost";
    if (!isAcknowledged && !isLost) yield String(status.id);
  }
}
