import { findCondition } from "../api/conditions.ts";
import type { MetadataKeys } from "../api/metadata.ts";
import type { Timing } from "../core/situation.ts";
import type { KubeClient } from "../kube/client.ts";
import type { EventRecorder } from "../kube/events.ts";
import { Reflector, type ReflectorLog } from "../kube/reflector.ts";
import { Store } from "../kube/store.ts";
import type { KubeTransport } from "../kube/transport.ts";
import { Connection } from "../provider/connection.ts";
import type { KindPort, ManagedSpec, RemoteKind } from "../provider/port.ts";
import { Trust } from "../provider/trust.ts";
import { Controller, type Orphan, type Told } from "./controller.ts";
import { addIndexes, type KindRuntime, type Kinds, urgencyIn } from "./kind-runtime.ts";
import type { ManagedObject } from "./managed-object.ts";
import { wakeAll, wakeChanged, watchResources } from "./triggers.ts";
import { Workqueue } from "./workqueue.ts";

export interface ManagerOptions {
  readonly client: KubeClient;
  readonly transport: KubeTransport;
  readonly events: EventRecorder;
  readonly kinds: readonly { readonly port: KindPort<ManagedSpec>; readonly remote: RemoteKind }[];
  readonly keys: MetadataKeys;
  readonly ownerId: string;
  /** Empty: all. */
  readonly namespaces: readonly string[];
  readonly timing: Timing;
  readonly concurrency: number;
  /** How long a watch may be silent. */
  readonly watchIdleMs: number;
  readonly log: ReflectorLog;
  readonly tell: (kind: string, told: Told) => void;
  readonly tellOrphan: (kind: string, orphan: Orphan) => void;
  readonly tellTakenBack: (kind: string, orphan: Orphan) => void;
  readonly onSuspicion: (suspicion: string | undefined) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly wallClock: () => Date;
  readonly random: () => number;
  /** Ends everything that is still under way. */
  readonly signal: AbortSignal;
}

/** Brings the floors together: informers fill stores, stores and looks wake keys, controllers work them off. */
export class Manager {
  readonly kinds: Kinds;
  readonly #options: ManagerOptions;
  /** Every kind here is of the one account. */
  readonly #trust: Trust;
  readonly #reflectors: readonly Reflector<ManagedObject>[];

  constructor(options: ManagerOptions) {
    this.#options = options;
    this.#trust = new Trust((suspicion) => {
      options.onSuspicion(suspicion);
      this.reconsider();
    });
    this.kinds = new Map(
      options.kinds.map(({ port, remote }) => [port.kind, this.#runtimeOf(port, remote)]),
    );
    const namespaces = options.namespaces.length > 0 ? options.namespaces : [undefined];
    this.#reflectors = [...this.kinds.values()].flatMap(({ port, store }) =>
      namespaces.map((namespace) => this.#reflectorOf(port, store, namespace)),
    );
  }

  /** Fills the stores and keeps them up to date. Resolves once all are filled for the first time. */
  async watch(): Promise<void> {
    const { signal } = this.#options;
    for (const reflector of this.#reflectors) void reflector.run(signal);
    await Promise.all(this.#reflectors.map((reflector) => reflector.synced));
  }

  /** Kinds whose informer has not heard from the API server for too long. */
  get silentKinds(): readonly string[] {
    return this.#reflectors.filter(({ isHealthy }) => !isHealthy).map(({ kind }) => kind);
  }

  /** Works until `drain`. Only the leader calls it. */
  async work(): Promise<void> {
    const stopWatching = watchResources(this.kinds);
    const controllers = [...this.kinds.values()].map((runtime) => {
      void runtime.connection.snapshots.run();
      wakeAll(runtime);
      return this.#controllerOf(runtime).run();
    });
    await Promise.all(controllers);
    stopWatching();
  }

  /** Every resource is decided upon anew: something has changed that holds for all of them. */
  reconsider(): void {
    for (const runtime of this.kinds.values()) wakeAll(runtime);
  }

  /** Takes no more keys; `work` resolves when what was begun is done. */
  drain(): void {
    for (const { queue } of this.kinds.values()) queue.shutDown();
  }

  #controllerOf(runtime: KindRuntime): Controller {
    const { concurrency, tell, tellOrphan, tellTakenBack, ...rest } = this.#options;
    const { kind } = runtime.port;
    return new Controller(
      { ...rest, runtime, kinds: this.kinds },
      {
        concurrency,
        tell: (told) => tell(kind, told),
        tellOrphan: (orphan) => tellOrphan(kind, orphan),
        tellTakenBack: (orphan) => tellTakenBack(kind, orphan),
      },
    );
  }

  #runtimeOf(port: KindPort<ManagedSpec>, remote: RemoteKind): KindRuntime {
    const { ownerId, keys, now, random, timing, signal } = this.#options;
    const identification = { kind: port.kind, ownerId, keys };
    const store = new Store<ManagedObject>((error) =>
      this.#options.log("error", "a change could not be handled", { err: error }),
    );
    addIndexes(store, port, identification);
    const everyKey = (): void => wakeAll(runtime);
    const connection = new Connection({
      remote,
      kind: port.kind,
      trust: this.#trust,
      timing,
      signal,
      now,
      random,
      expectedIds: () => expectedIds(store, keys),
      // Such lists are shown to few credentials; whoever has no such resource need not have one of them.
      isNeeded: () => port.keeps === undefined || store.size > 0,
      onChanges: (changes) => wakeChanged(runtime, changes),
      onStale: everyKey,
      onRecovery: everyKey,
    });
    const queue = new Workqueue({ now, random, urgencyOf: urgencyIn(store, port) });
    const runtime: KindRuntime = {
      port,
      identification,
      keys,
      store,
      queue,
      connection,
      ownWrites: new Map(),
      departed: new Map(),
    };
    return runtime;
  }

  #reflectorOf(
    type: KindPort<ManagedSpec>,
    store: Store<ManagedObject>,
    namespace: string | undefined,
  ): Reflector<ManagedObject> {
    const { client, transport, log, watchIdleMs } = this.#options;
    const timings = { idleMs: watchIdleMs };
    const scope = namespace === undefined ? {} : { namespace };
    return new Reflector<ManagedObject>({ client, transport, type, store, log, timings, ...scope });
  }
}

/** The remote ids that are to be there: not those of what is leaving, is lost already, or was acknowledged to be gone. */
function* expectedIds(store: Store<ManagedObject>, keys: MetadataKeys): Iterable<string> {
  for (const { metadata, status } of store.list()) {
    if (metadata.deletionTimestamp !== undefined || status?.id === undefined) continue;
    const isAcknowledged = metadata.annotations?.[keys.acknowledgeGone] === String(status.id);
    const isLost = findCondition(status.conditions, "Stalled")?.reason === "Lost";
    if (!isAcknowledged && !isLost) yield String(status.id);
  }
}
