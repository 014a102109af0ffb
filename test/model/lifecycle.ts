import type { Counts } from "./counts.ts";
import { Deeds } from "./deeds.ts";
import { type Event, type Script, words } from "./events.ts";
import { unmet } from "./expectation.ts";
import { Faults, type RemoteTarget } from "./faults.ts";
import { Invariants } from "./invariants.ts";
import { gapIn, type KnownGap, RIVALRY } from "./known-gaps.ts";
import { ModelCluster } from "./model-cluster.ts";
import { ModelOperator } from "./model-operator.ts";
import { ModelPark } from "./model-park.ts";
import { NAMES } from "./names.ts";
import type { Replacements } from "./replacements.ts";
import { QUIET_MS, REST_MS, type Surroundings } from "./surroundings.ts";
import { turn, VirtualClock } from "./virtual-clock.ts";

export interface LifecycleOptions {
  readonly counts: Counts;
  readonly replacements?: Replacements;
  /** Promises that need not be kept. */
  readonly gaps: readonly KnownGap[];
  /** Keeps the history; left out where nobody will read it. */
  readonly history?: string[];
}

/** More than the breaker tolerates to be missing. */
const CROWD = 7;
/** After the last event, what was armed may still go off. */
const AFTERMATH_MS = 60_000;
/** The longest backoff, the longest wait before a fruitless request is repeated, the quiet time, and some ticks to see it through. */
const LONGEST_WAY_TO_REST_MS = 2 * 20 * REST_MS + 2 * QUIET_MS + 4 * REST_MS;
/** Rest is where nothing was written for two ticks. */
const REST_WINDOW_MS = 2 * REST_MS + 1_000;
/** A tick's look, and one that a key asks for in between. */
const LOOKS_AT_REST = 6;
const MOST_STEPS = 20_000;

/** One script played from an empty cluster to rest. Returns what was violated; nothing is what is hoped for. */
export async function playLifecycle(
  script: Script,
  options: LifecycleOptions,
): Promise<readonly string[]> {
  return new Lifecycle(script, options).play();
}

class Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #script: Script;
  readonly #surroundings: Surroundings;
  readonly #deeds: Deeds;
  readonly #bystanders: string[] = [];
  #operator: ModelOperator | undefined;
  #processes = 0;
  #disturbedMs = 0;
  #writtenMs = 0;
  readonly #lookedMs: number[] = [];
  #suspectSinceMs: number | undefined;

  constructor(script: Script, options: LifecycleOptions) {
    this.#script = script;
    this.#options = options;
    const clock = new VirtualClock();
    const cluster = new ModelCluster(clock);
    const park = new ModelPark(clock);
    const { counts, gaps } = options;
    const faults = new Faults(counts);
    const suspectSinceMs = (): number | undefined => this.#suspectSinceMs;
    const invariants = new Invariants({ clock, cluster, park, counts, gaps, suspectSinceMs });
    this.#surroundings = {
      clock,
      cluster,
      park,
      faults,
      invariants,
      counts,
      crash: (downMs) => this.#crash(downMs),
      sent: (target) => this.#sent(target),
      note: (make) => options.history?.push(`${String(clock.now()).padStart(7)} ${make()}`),
    };
    const strangerId = park.add("somebody's own machine", 1, "on").id;
    if (script.hasCrowd) this.#addCrowd();
    this.#deeds = new Deeds({ clock, cluster, park, strangerId });
    cluster.onCommit((commit) => {
      if (commit.byOperator) this.#writtenMs = clock.now();
      this.#operator?.follow(commit);
    });
  }

  async play(): Promise<readonly string[]> {
    const { clock, faults, invariants } = this.#surroundings;
    const calmMs = this.#planScript() + AFTERMATH_MS;
    clock.at(calmMs, () => this.#calm());
    this.#start();
    for (let steps = 0; steps < MOST_STEPS && clock.step(); steps += 1) {
      await turn();
      this.#watchSuspicion();
      invariants.check(Math.max(this.#disturbedMs, faults.lastMs));
      if (invariants.violations.length > 0) return invariants.violations;
      if (clock.now() <= calmMs || clock.now() < this.#writtenMs + REST_WINDOW_MS) continue;
      if (this.#unmet().length === 0) return this.#finish();
      if (clock.now() > calmMs + LONGEST_WAY_TO_REST_MS) break;
    }
    return this.#restless();
  }

  #finish(): readonly string[] {
    this.#options.counts.add("lifecycle/at rest");
    const sinceMs = this.#surroundings.clock.now() - REST_WINDOW_MS;
    const looks = this.#lookedMs.filter((atMs) => atMs >= sinceMs).length;
    return looks <= LOOKS_AT_REST ? [] : [`quiet: ${looks} lists in two ticks of rest`];
  }

  #restless(): readonly string[] {
    const what = this.#unmet().join("; ") || "it writes on and on";
    const rivalry = this.#surroundings.invariants.hasRivals ? RIVALRY : "";
    const complaint = `does not come to rest: ${what}${rivalry}`;
    const gap = gapIn(this.#options.gaps, complaint);
    if (gap === undefined) return [complaint];
    this.#options.counts.add(`known gap/${gap.name}`);
    return [];
  }

  #unmet(): string[] {
    const { cluster, park, invariants } = this.#surroundings;
    const isExcused = invariants.isExcused.bind(invariants);
    const isSuspect = this.#suspectSinceMs !== undefined;
    return NAMES.flatMap((name) => unmet(name, { cluster, park, isExcused, isSuspect }) ?? []);
  }

  /** @returns when the last event happens. */
  #planScript(): number {
    const { clock, note, counts } = this.#surroundings;
    let dueMs = 0;
    this.#deeds.user("apply", "a");
    for (const { afterMs, event } of this.#script.steps) {
      dueMs += afterMs;
      clock.at(dueMs, () => {
        note(() => words(event));
        counts.add(`event by ${event.by}${"does" in event ? `: ${event.does}` : ""}`);
        this.#disturbedMs = clock.now();
        this.#happen(event);
      });
    }
    return dueMs;
  }

  #happen(event: Event): void {
    const { clock, faults } = this.#surroundings;
    switch (event.by) {
      case "user":
        return this.#deeds.user(event.does, event.to);
      case "panel":
        return this.#deeds.panel(event.does, event.to);
      case "crash":
        return this.#crash(event.ms);
      case "silent watch":
        return this.#operator?.silence(clock.now() + event.ms, event.ending);
      case "outage":
        return faults.breakDown(event.kind, clock.now() + event.ms);
      case "lying lists":
        return faults.lie({ fault: event.fault, ms: event.ms }, clock.now() + event.ms);
      case "remote fault":
        return faults.armRemote(event.target, event);
      case "kube fault":
        return faults.armKube(event.target, event.fault);
    }
  }

  #calm(): void {
    const { clock, faults, note } = this.#surroundings;
    note(() => "from now on everything works");
    this.#disturbedMs = clock.now();
    this.#writtenMs = Math.max(this.#writtenMs, clock.now());
    faults.end();
  }

  #start(): void {
    const { counts, note, clock } = this.#surroundings;
    this.#processes += 1;
    counts.add("process/started");
    note(() => `process ${this.#processes} starts`);
    const { replacements = {} } = this.#options;
    this.#disturbedMs = clock.now();
    this.#operator = new ModelOperator(
      this.#processes,
      this.#surroundings,
      this.#bystanders,
      replacements,
    );
    this.#operator.start();
  }

  #crash(downMs: number): void {
    const { clock, counts, note } = this.#surroundings;
    if (this.#operator === undefined) return;
    counts.add("process/crashed");
    note(() => "the operator is gone");
    this.#operator.end();
    this.#operator = undefined;
    clock.after(downMs, () => this.#start());
  }

  #sent(target: RemoteTarget): void {
    const { clock, counts } = this.#surroundings;
    counts.add(`request/${target}`);
    if (target === "GET") return;
    if (target === "LIST") {
      this.#lookedMs.push(clock.now());
      return;
    }
    this.#writtenMs = clock.now();
  }

  #watchSuspicion(): void {
    const isSuspect = this.#operator?.suspicion !== undefined;
    this.#suspectSinceMs = isSuspect
      ? (this.#suspectSinceMs ?? this.#surroundings.clock.now())
      : undefined;
  }

  #addCrowd(): void {
    for (let index = 0; index < CROWD; index += 1) {
      const thing = this.#surroundings.park.add("another k8s-aaaaaaaaaaaa", 1, "on");
      this.#bystanders.push(String(thing.id));
    }
  }
}
