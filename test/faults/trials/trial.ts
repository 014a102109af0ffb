import { setTimeout as delay } from "node:timers/promises";
import { mostAlivePerMarker } from "../../../src/embedded/simulator/alive-per-marker.ts";
import { until } from "../../until.ts";
import type { Provider } from "../cloud.ts";
import { type Bounds, violations } from "../invariants.ts";
import { type Cluster, LOOK_MS, QUIET_MS, World, type WorldOptions } from "../world.ts";

/** A fault with a course of its own, which breaking one message cannot make. */
export interface Trial {
  readonly name: string;
  /** The one provider that it is about; left out, it is played with every provider. */
  readonly only?: Provider;
  /** Left out: HPC Park. */
  readonly provider?: Provider;
  readonly options?: Omit<WorldOptions, "provider" | "program">;
  /** Starts the operator itself, breaks what it breaks, and ends when the faults are over. */
  readonly play: (world: World) => Promise<void>;
  /** Whether everything is as it shall be; asked after the faults have ended. */
  readonly isDone: (world: World) => Promise<boolean>;
  /** What else must hold over the whole history; each violation in a sentence. */
  readonly alsoViolated?: (world: World) => readonly string[] | Promise<readonly string[]>;
  readonly bounds?: Partial<Bounds>;
  /** How long it may take to converge after the faults, in milliseconds. */
  readonly limitMs?: number;
}

export interface TrialOutcome {
  readonly trial: Trial;
  /** Everything that did not hold, each in a sentence; empty where all is well. */
  readonly faults: readonly string[];
  readonly mostAlive: number;
  readonly longestDoubleMs: number;
  readonly remoteCalls: number;
  /** From the end of the faults until everything was as it shall be, in milliseconds. */
  readonly convergedMs: number;
  readonly log: string;
}

const LIMIT_MS = 15_000;
const CALLS = 400;

/** Plays one trial and judges the whole history. */
export async function playTrial(
  cluster: Cluster,
  trial: Trial,
  program?: string,
): Promise<TrialOutcome> {
  const world = await World.create(cluster, {
    ...trial.options,
    provider: trial.provider,
    program,
  });
  try {
    const faults: string[] = [];
    const note = (error: unknown): void => void faults.push(firstLineOf(error));
    await trial.play(world).catch(note);
    const startedMs = performance.now();
    const limitMs = faults.length > 0 ? 0 : (trial.limitMs ?? LIMIT_MS);
    await until("I11 ESR: it became as it shall be", () => trial.isDone(world), { limitMs }).catch(
      note,
    );
    const convergedMs = performance.now() - startedMs;
    await delay(LOOK_MS);
    faults.push(...judge(world, trial), ...((await trial.alsoViolated?.(world)) ?? []));
    return { trial, faults, ...figuresOf(world), convergedMs, log: world.everyLog };
  } finally {
    await world.close();
  }
}

function firstLineOf(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}

function judge(world: World, trial: Trial): string[] {
  const { past, adopted, canaries } = world;
  const bounds = { doubleMs: 0, quietMs: QUIET_MS, calls: CALLS, adopted, canaries };
  return violations(past, { ...bounds, ...trial.bounds });
}

function figuresOf(
  world: World,
): Pick<TrialOutcome, "mostAlive" | "longestDoubleMs" | "remoteCalls"> {
  const { entries } = world.cloud.ledger;
  const histories = mostAlivePerMarker(entries, performance.now());
  return {
    mostAlive: Math.max(0, ...histories.map(({ mostAlive }) => mostAlive)),
    longestDoubleMs: Math.max(0, ...histories.map(({ longestTwinsMs }) => longestTwinsMs)),
    remoteCalls: entries.filter(({ source }) => source === "api").length,
  };
}
