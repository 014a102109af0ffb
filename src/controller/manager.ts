import type { MetadataKeys } from "../api/metadata.ts";
import { type AccountName, OPERATORS_OWN, wordOfPlace } from "../core/account-name.ts";
import type { Timing } from "../core/situation.ts";
import { type InTrace, untraced } from "../core/tracing.ts";
import type { KubeClient } from "../kube/client.ts";
import type { EventRecorder } from "../kube/events.ts";
import { Reflector, type ReflectorLog } from "../kube/reflector.ts";
import { Store } from "../kube/store.ts";
import type { KubeObject, ResourceType } from "../kube/kube-object.ts";
import type { KubeTransport } from "../kube/transport.ts";
import type { AccountPort } from "../provider/account-port.ts";
import { Connection } from "../provider/connection.ts";
import type { Lanes } from "../provider/lanes.ts";
import type { KindPort, ManagedSpec, RemoteKind } from "../provider/port.ts";
import type { Standing } from "../provider/session.ts";
import { Trust } from "../provider/trust.ts";
import type { ToldAccount } from "./account-controller.ts";
import { Accounts } from "./accounts.ts";
import { Controller, type CreateNews, type Orphan, type Told } from "./controller.ts";
import { expectedIds, isNeeded } from "./expectations.ts";
import { addIndexes, type KindRuntime, type Kinds, urgencyIn } from "./kind-runtime.ts";
import type { ManagedObject } from "./managed-object.ts";
import { wakeAll, wakeChanged, wakeWhere, watchResources } from "./triggers.ts";
import { type QueueObserver, Workqueue } from "./workqueue.ts";

export interface ManagerOptions {
  readonly client: KubeClient;
  readonly transport: KubeTransport;
  readonly events: EventRecorder;
  /** Each with its remote side in the operator's own account, if it has one. */
  readonly kinds: readonly { readonly port: KindPort<ManagedSpec>; readonly remote?: RemoteKind }[];
  /** The kind of other accounts. */
  readonly accountPort: AccountPort;
  /** Where accounts are that say no URL; undefined where all say one. */
  readonly ownUrl?: string;
  /** All that accounts may name. */
  readonly allowedUrls: readonly string[];
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
  readonly tellUnsettled: (kind: string, what: CreateNews) => void;
  readonly tellOrphan: (kind: string, orphan: Orphan) => void;
  readonly tellTakenBack: (kind: string, orphan: Orphan) => void;
  readonly tellAccount: (kind: string, told: ToldAccount) => void;
  readonly onSuspicion: (suspicion: string | undefined, account: string) => void;
  readonly observeQueue: (kind: string) => QueueObserver | undefined;
  /** Left out: nothing is traced. */
  readonly inTrace?: InTrace | undefined;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly wallClock: () => Date;
  readonly random: () => number;
  /** Ends everything that is still under way. */
  readonly signal: AbortSignal;
}

/** A reflector of whatever kind. */
type Reflecting = Pick<Reflector<KubeObject>, "run" | "synced" | "isHealthy" | "kind">;

interface Connecting {
  readonly kind: string;
  readonly only?: string | undefined;
  readonly remote: RemoteKind;
  readonly trust: Trust;
  readonly server?: string | undefined;
  readonly signal: AbortSignal;
}

/** Brings the floors together: informers fill stores, stores and looks wake keys, controllers work them off. */
export class Manager {
  readonly kinds: Kinds;
  readonly accounts: Accounts;
  readonly #options: ManagerOptions;
  /** The operator's own account, by kind. */
  readonly #own = new Map<string, Connection>();
  readonly #trust: Trust;
  readonly #reflectors: readonly Reflecting[];

  constructor(options: ManagerOptions) {
    this.#options = options;
    const trust = new Trust((suspicion) => this.#onSuspicion(trust, OPERATORS_OWN, suspicion));
    this.#trust = trust;
    this.accounts = new Accounts({
      ...options,
      port: options.accountPort,
      own: (kind) => this.#own.get(kind),
      connect: ({ standing: { place, trust: shared }, ...rest }) =>
        this.#connect({ ...rest, trust: shared, server: place.server }),
      kinds: () => this.kinds,
      onSuspicion: ({ place, trust: shared }, suspicion) =>
        this.#onSuspicion(shared, wordOfPlace(place), suspicion),
    });
    this.kinds = new Map(options.kinds.map(({ port }) => [port.kind, this.#runtimeOf(port)]));
    for (const { port, remote } of options.kinds) {
      const { kind } = port;
      if (remote === undefined) continue;
      const { signal, ownUrl: server } = options;
      this.#own.set(kind, this.#connect({ kind, remote, trust, server, signal }));
    }
    const namespaces = options.namespaces.length > 0 ? options.namespaces : [undefined];
    this.#reflectors = namespaces.flatMap((namespace) => {
      const reflectors: Reflecting[] = [...this.kinds.values()].map(({ port, store }) =>
        this.#reflectorOf(port, store, namespace),
      );
      return reflectors.concat(
        this.#reflectorOf(options.accountPort, this.accounts.store, namespace),
      );
    });
  }

  /** Each account that was ever asked, with whether it is trusted and what may be sent to it. */
  *standings(): Iterable<Pick<Standing, "trust"> & { account: AccountName; lanes?: Lanes }> {
    if (this.#own.size > 0) yield { account: OPERATORS_OWN, trust: this.#trust };
    for (const { place, trust, lanes } of this.accounts.sessions.standings())
      yield { account: wordOfPlace(place), trust, lanes };
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
      void this.#own.get(runtime.port.kind)?.snapshots.run();
      wakeAll(runtime);
      return this.#controllerOf(runtime).run();
    });
    await Promise.all([this.accounts.work(), ...controllers]);
    stopWatching();
  }

  /** Every resource is decided upon anew: something has changed that holds for all of them. */
  reconsider(): void {
    for (const runtime of this.kinds.values()) wakeAll(runtime);
  }

  /** Takes no more keys; `work` resolves when what was begun is done. */
  drain(): void {
    this.accounts.drain();
    for (const { queue } of this.kinds.values()) queue.shutDown();
  }

  #controllerOf(runtime: KindRuntime): Controller {
    const { concurrency, inTrace, tell, tellUnsettled, tellOrphan, tellTakenBack, ...rest } =
      this.#options;
    const { kind } = runtime.port;
    return new Controller(
      { ...rest, runtime, kinds: this.kinds },
      {
        concurrency,
        inTrace,
        tell: (told) => tell(kind, told),
        tellUnsettled: (what) => tellUnsettled(kind, what),
        tellOrphan: (orphan) => tellOrphan(kind, orphan),
        tellTakenBack: (orphan) => tellTakenBack(kind, orphan),
      },
    );
  }

  #onSuspicion(trust: Trust, account: string, suspicion: string | undefined): void {
    this.#options.onSuspicion(suspicion, account);
    for (const runtime of this.kinds.values())
      wakeWhere(runtime, (object) => runtime.accounts.of(object).connection?.trust === trust);
  }

  #connect({ kind, only, ...rest }: Connecting): Connection {
    const { keys, now, random, timing, inTrace = untraced } = this.#options;
    const everyKey = (): void => {
      const runtime = this.kinds.get(kind);
      if (runtime === undefined) return;
      wakeWhere(runtime, (object) => runtime.accounts.of(object).connection === connection);
    };
    const connection: Connection = new Connection({
      ...rest,
      kind: only === undefined ? kind : `${kind} of ${only}`,
      timing,
      now,
      random,
      expectedIds: () => expectedIds(this.kinds.get(kind), connection, keys),
      isNeeded: () => isNeeded(this.kinds.get(kind)),
      onChanges: (changes) => {
        const runtime = this.kinds.get(kind);
        if (runtime !== undefined) wakeChanged(runtime, connection, changes);
      },
      onStale: everyKey,
      onRecovery: everyKey,
      inTrace: (look) => inTrace({ verb: "look at", kind }, look),
    });
    return connection;
  }

  #runtimeOf(port: KindPort<ManagedSpec>): KindRuntime {
    const { ownerId, keys, observeQueue, now, random } = this.#options;
    const identification = { kind: port.kind, ownerId, keys };
    const observer = observeQueue(port.kind);
    const store = new Store<ManagedObject>((error) =>
      this.#options.log("error", "a change could not be handled", { err: error }),
    );
    addIndexes(store, port, identification);
    return {
      port,
      identification,
      keys,
      store,
      queue: new Workqueue({ now, random, urgencyOf: urgencyIn(store, port), observer }),
      accounts: this.accounts.chooser(port.kind),
      ownWrites: new Map(),
      unsettled: new Map(),
      departed: new Map(),
    };
  }

  #reflectorOf<T extends KubeObject>(
    type: ResourceType,
    store: Store<T>,
    namespace: string | undefined,
  ): Reflector<T> {
    const { client, transport, log, watchIdleMs } = this.#options;
    const timings = { idleMs: watchIdleMs };
    const scope = namespace === undefined ? {} : { namespace };
    return new Reflector<T>({ client, transport, type, store, log, timings, ...scope });
  }
}
