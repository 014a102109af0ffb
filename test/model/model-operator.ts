import { findCondition } from "../../src/api/conditions.ts";
import { soleAccount } from "../../src/controller/account-choice.ts";
import { Controller, type Told } from "../../src/controller/controller.ts";
import { addIndexes, type KindRuntime, type Kinds } from "../../src/controller/kind-runtime.ts";
import type { ManagedObject } from "../../src/controller/managed-object.ts";
import { headlineOf } from "../../src/controller/report.ts";
import { wakeAll, wakeChanged, watchResources } from "../../src/controller/triggers.ts";
import { TICKS_UNTIL_UNKNOWN } from "../../src/core/failure.ts";
import type { Timing } from "../../src/core/situation.ts";
import type { KubeClient } from "../../src/kube/client.ts";
import type { EventRecorder } from "../../src/kube/events.ts";
import { Store } from "../../src/kube/store.ts";
import { Connection } from "../../src/provider/connection.ts";
import { instanceKind, remoteInstances } from "../../src/provider/hpc-park/instance.ts";
import type { KindPort, ManagedSpec, RemoteKind } from "../../src/provider/port.ts";
import { Trust } from "../../src/provider/trust.ts";
import type { Commit } from "./model-cluster.ts";
import { ModelQueue, random } from "./model-queue.ts";
import { KEYS, OWNER_ID } from "./names.ts";
import { modelHttp } from "./model-remote.ts";
import { type Forgotten, modelClient } from "./model-transport.ts";
import { ACTIVE_MS, type Process, QUIET_MS, REST_MS, type Surroundings } from "./surroundings.ts";

const PORT = instanceKind as KindPort<ManagedSpec>;
const TIMING: Timing = { activeMs: ACTIVE_MS, restMs: REST_MS, quietMs: QUIET_MS };
const WATCH_LAG_MS = 10;
const CONCURRENCY = 2;

/** Parts of the operator in another's place: how a test makes a mistake on purpose. */
export interface Replacements {
  readonly quietMs?: number;
  /** What the operator leaves out at the API server, believing that it was done. */
  readonly forgets?: Forgotten;
  readonly remote?: (remote: RemoteKind) => RemoteKind;
  readonly connection?: (connection: Connection, now: () => number) => void;
  /** The object as the operator's cache holds it. */
  readonly cached?: (object: ManagedObject) => ManagedObject;
}

/** Things that other resources of the account have recorded; they are there so that the breaker has something to compare. */
export type Bystanders = readonly string[];

/**
 * One process of the operator: the real controller, workqueue, store, triggers, connection and snapshots, put together as
 * `Manager` does it in `#runtimeOf` and `work`. Replaced are the reflector (by `#follow`) and the tick of `Snapshots.run`, which
 * waits on a real timer (by `#tick`). The shortest gap between two looks is zero for the same reason, so the model looks more
 * often than the operator does, never less.
 */
export class ModelOperator {
  readonly process: Process;
  readonly #surroundings: Surroundings;
  readonly #runtime: KindRuntime;
  #connection!: Connection;
  readonly #kinds: Kinds;
  readonly #replacements: Replacements;
  readonly #client: KubeClient;
  readonly #abort = new AbortController();
  #silentUntilMs = 0;
  #backlog: Commit[] = [];
  #listedRevision = 0;
  #isStale = false;

  constructor(
    number: number,
    surroundings: Surroundings,
    bystanders: Bystanders,
    replacements: Replacements,
  ) {
    this.process = { number, isDead: false };
    this.#surroundings = surroundings;
    this.#replacements = replacements;
    this.#runtime = this.#runtimeOf(bystanders);
    this.#kinds = new Map([[PORT.kind, this.#runtime]]);
    this.#client = modelClient(surroundings, this.process, replacements.forgets);
  }

  get suspicion(): string | undefined {
    return this.#connection.trust.suspicion;
  }

  /** Fills the cache with a list, then works: the order of `Manager.watch` and `Manager.work`. */
  start(): void {
    this.#list();
    watchResources(this.#kinds);
    void this.#controller().run();
    wakeAll(this.#runtime);
    this.#tick();
  }

  /** The process is gone: what is on its way reaches nobody. */
  end(): void {
    this.process.isDead = true;
    this.#abort.abort();
  }

  /** The watch says nothing until then; afterwards it goes on where it was, or begins anew with a list. */
  silence(untilMs: number, ending: "goes on" | "relists"): void {
    const { clock } = this.#surroundings;
    this.#silentUntilMs = Math.max(this.#silentUntilMs, untilMs);
    clock.at(untilMs, () => this.#hear(ending));
  }

  /** A commit that the watch has still to tell. */
  follow(commit: Commit): void {
    const { clock } = this.#surroundings;
    clock.after(WATCH_LAG_MS, () => {
      if (this.process.isDead) return;
      if (this.#backlog.length > 0 || clock.now() < this.#silentUntilMs) this.#backlog.push(commit);
      else this.#apply(commit);
    });
  }

  #hear(ending: "goes on" | "relists"): void {
    const { clock } = this.#surroundings;
    if (this.process.isDead || clock.now() < this.#silentUntilMs) return;
    const backlog = this.#backlog.splice(0);
    if (ending === "goes on") for (const commit of backlog) this.#apply(commit);
    else this.#list();
  }

  #list(): void {
    const { cluster } = this.#surroundings;
    this.#listedRevision = cluster.revision;
    const objects = cluster.list();
    for (const object of objects) this.#tellJudge(object);
    void this.#runtime.store.replace(
      undefined,
      objects.map((object) => this.#cached(object)),
    );
  }

  /** A watch begins where the list ended. */
  #apply({ before, after, revision }: Commit): void {
    const { store } = this.#runtime;
    const told = after ?? before;
    if (revision <= this.#listedRevision || told === undefined) return;
    this.#tellJudge(told);
    if (after !== undefined) store.put(this.#cached(after));
    else store.remove(told);
  }

  #tellJudge(object: ManagedObject): void {
    this.#surroundings.invariants.told(object, this.process);
  }

  #cached(object: ManagedObject): ManagedObject {
    return this.#replacements.cached?.(object) ?? object;
  }

  /** Mirrors `Snapshots.run`: a look whenever the latest is a tick old; after a failure, an active interval later. */
  #tick(): void {
    if (this.process.isDead) return;
    const { clock } = this.#surroundings;
    const { snapshots } = this.#connection;
    const dueMs = (snapshots.latest?.lookedAtMs ?? -Infinity) + REST_MS;
    if (dueMs > clock.now()) {
      clock.at(dueMs, () => this.#tick());
      return;
    }
    snapshots.listedSince(clock.now()).then(
      () => this.#seen(),
      () => this.#unseen(),
    );
  }

  #seen(): void {
    this.#isStale = false;
    this.#tick();
  }

  /** Mirrors `Snapshots.#expectLook`: what was not seen for two ticks is said once. */
  #unseen(): void {
    const { unseenForMs } = this.#connection.snapshots;
    if (!this.#isStale && unseenForMs > TICKS_UNTIL_UNKNOWN * REST_MS) {
      this.#isStale = true;
      wakeAll(this.#runtime);
    }
    this.#surroundings.clock.after(ACTIVE_MS, () => this.#tick());
  }

  #controller(): Controller {
    const { clock, counts } = this.#surroundings;
    return new Controller(
      {
        runtime: this.#runtime,
        kinds: this.#kinds,
        client: this.#client,
        events: recorder(this.#surroundings),
        timing: { ...TIMING, quietMs: this.#replacements.quietMs ?? QUIET_MS },
        now: clock.now,
        wallClock: clock.wall,
        random,
        signal: this.#abort.signal,
      },
      {
        concurrency: CONCURRENCY,
        tell: (told) => this.#tell(told),
        tellOrphan: () => counts.add("orphan told"),
        tellTakenBack: () => counts.add("orphan taken back"),
      },
    );
  }

  #tell({ key, outcome, error }: Told): void {
    const { counts, note } = this.#surroundings;
    if (outcome === undefined) {
      counts.add("reconcile/failed");
      note(() => `  reconcile of ${key} failed: ${error instanceof Error ? error.message : "?"}`);
      return;
    }
    const reason = headlineOf(outcome.claims)?.reason ?? "no claim";
    counts.add(`action/${outcome.action}`);
    counts.add(`reason/${reason}`);
    note(() => `  reconcile of ${key}: ${outcome.action}, ${reason}`);
  }

  #runtimeOf(bystanders: Bystanders): KindRuntime {
    const { clock } = this.#surroundings;
    const identification = { kind: PORT.kind, ownerId: OWNER_ID, keys: KEYS };
    const store = new Store<ManagedObject>((error) => {
      throw error;
    });
    addIndexes(store, PORT, identification);
    this.#connection = this.#connectionOf(store, bystanders, () => runtime);
    const queue = new ModelQueue(clock, this.process);
    const runtime: KindRuntime = {
      port: PORT,
      identification,
      keys: KEYS,
      store,
      queue,
      accounts: soleAccount(this.#connection),
      ownWrites: new Map(),
      departed: new Map(),
    };
    return runtime;
  }

  #connectionOf(
    store: Store<ManagedObject>,
    bystanders: Bystanders,
    runtime: () => KindRuntime,
  ): Connection {
    const { clock, counts } = this.#surroundings;
    const http = modelHttp(this.#surroundings, this.process);
    const statePath = (id: string): Promise<string> => Promise.resolve(`/v1/instance/${id}/state/`);
    const remote = remoteInstances({ http, statePath });
    const everyKey = (): void => wakeAll(runtime());
    const connection: Connection = new Connection({
      remote: this.#replacements.remote?.(remote) ?? remote,
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
    this.#replacements.connection?.(connection, clock.now);
    return connection;
  }
}

/** As the manager has it. */
function* expectedIds(store: Store<ManagedObject>): Iterable<string> {
  for (const { metadata, status } of store.list()) {
    if (metadata.deletionTimestamp !== undefined || status?.id === undefined) continue;
    const isAcknowledged = metadata.annotations?.[KEYS.acknowledgeGone] === String(status.id);
    const isLost = findCondition(status.conditions, "Stalled")?.reason === "Lost";
    if (!isAcknowledged && !isLost) yield String(status.id);
  }
}

/** Events tell, they do not steer: here they are only counted. */
function recorder({ counts }: Surroundings): EventRecorder {
  const record: EventRecorder["record"] = (_object, { reason }) => counts.add(`event/${reason}`);
  // Only `record` is ever asked of it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { record } as unknown as EventRecorder;
}
