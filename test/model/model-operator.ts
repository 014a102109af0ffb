import { Controller, type Told } from "../../src/controller/controller.ts";
import type { KindRuntime, Kinds } from "../../src/controller/kind-runtime.ts";
import { headlineOf } from "../../src/controller/report.ts";
import { wakeAll, watchResources } from "../../src/controller/triggers.ts";
import type { Connection } from "../../src/provider/connection.ts";
import { TICKS_UNTIL_UNKNOWN } from "../../src/core/failure.ts";
import type { KubeClient } from "../../src/kube/client.ts";
import type { EventRecorder } from "../../src/kube/events.ts";
import type { Commit } from "./model-cluster.ts";
import { random } from "./model-queue.ts";
import { type Bystanders, modelRuntime, PORT, TIMING } from "./model-runtime.ts";
import { modelClient } from "./model-transport.ts";
import { ModelWatch, type SilenceEnding } from "./model-watch.ts";
import type { Replacements } from "./replacements.ts";
import { ACTIVE_MS, type Process, QUIET_MS, REST_MS, type Surroundings } from "./surroundings.ts";

const CONCURRENCY = 2;

/**
 * One process of the operator: the real controller, workqueue, store, triggers, connection and snapshots, put together as
 * `Manager` does it in `#runtimeOf` and `work`. Replaced are the reflector (by `ModelWatch`) and the tick of `Snapshots.run`, which
 * waits on a real timer (by `#tick`). The shortest gap between two looks is zero for the same reason, so the model looks more
 * often than the operator does, never less.
 */
export class ModelOperator {
  readonly process: Process;
  readonly #surroundings: Surroundings;
  readonly #runtime: KindRuntime;
  readonly #kinds: Kinds;
  readonly #replacements: Replacements;
  readonly #client: KubeClient;
  readonly #abort = new AbortController();
  readonly #watch: ModelWatch;
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
    const { process } = this;
    this.#runtime = modelRuntime({ surroundings, process, bystanders, replacements });
    const { store } = this.#runtime;
    this.#watch = new ModelWatch({ surroundings, process, store, cached: replacements.cached });
    this.#kinds = new Map([[PORT.kind, this.#runtime]]);
    this.#client = modelClient(surroundings, this.process, replacements);
  }

  get suspicion(): string | undefined {
    return this.#connection.trust.suspicion;
  }

  get #connection(): Connection {
    const [connection] = this.#runtime.accounts.connections();
    if (connection === undefined) throw new Error("the model has one account");
    return connection;
  }

  /** Fills the cache with a list, then works: the order of `Manager.watch` and `Manager.work`. */
  start(): void {
    this.#watch.list();
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

  /** The watch says nothing until then. */
  silence(untilMs: number, ending: SilenceEnding): void {
    this.#watch.silence(untilMs, ending);
  }

  /** A commit that the watch has still to tell. */
  follow(commit: Commit): void {
    this.#watch.follow(commit);
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
        tellUnsettled: () => undefined,
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
}

/** Events tell, they do not steer: here they are only counted. */
function recorder({ counts }: Surroundings): EventRecorder {
  const record: EventRecorder["record"] = (_object, { reason }) => counts.add(`event/${reason}`);
  // Only `record` is ever asked of it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { record } as unknown as EventRecorder;
}
