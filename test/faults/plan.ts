import { setTimeout as delay } from "node:timers/promises";
import { mostAlivePerMarker } from "../../src/embedded/simulator/alive-per-marker.ts";
import { until } from "../until.ts";
import { type Bounds, violations } from "./invariants.ts";
import { doubleMsOf, effectOf, type Fault, lateMsOf, type Side } from "./fault.ts";
import type { Message, MessageProxy } from "./message-proxy.ts";
import type { Scenario } from "./scenario.ts";
import { type Cluster, LOOK_MS, QUIET_MS, World } from "./world.ts";

/** One fault in one scenario. */
export interface Plan {
  readonly scenario: Scenario;
  /** Left out in the reference run, which nothing disturbs. */
  readonly fault?: Fault;
}

export interface Outcome {
  readonly plan: Plan;
  /** The message came and the operator was killed at it. */
  readonly isReached: boolean;
  /** Everything that did not hold, each in a sentence; empty where all is well. */
  readonly faults: readonly string[];
  readonly mostAlive: number;
  readonly longestDoubleMs: number;
  readonly remoteCalls: number;
  /** From the user's act until everything was as it shall be, in milliseconds. */
  readonly convergedMs: number | undefined;
  /** Messages of the act, by side; the reference run tells which there are to break. */
  readonly messages: Readonly<Record<Side, readonly Message[]>>;
  readonly log: string;
}

export interface PlanOptions {
  /** How long a plan may take to converge, in milliseconds. */
  readonly limitMs?: number;
  /** Another operator than ours: the file to run. */
  readonly program?: string;
}

const LIMIT_MS = 15_000;

/** Plays one plan and judges the whole history. Never rejects for what the operator does. */
export async function play(
  cluster: Cluster,
  plan: Plan,
  options: PlanOptions = {},
): Promise<Outcome> {
  const world = await World.create(cluster, {
    program: options.program,
    provider: plan.scenario.provider,
  });
  try {
    return await playIn(world, plan, options.limitMs ?? LIMIT_MS);
  } finally {
    await world.close();
  }
}

async function playIn(world: World, plan: Plan, limitMs: number): Promise<Outcome> {
  const { scenario, fault } = plan;
  world.start();
  if (scenario.arrange !== undefined) {
    await scenario.arrange(world);
    await until(`${scenario.name} is arranged`, () => scenario.isArranged?.(world) ?? true, {
      limitMs,
      seen: () => world.operatorLog.split("\n").slice(-20),
    });
  }
  const isOver = armed(world, fault);
  const startedMs = performance.now();
  await scenario.act(world);
  const firstMs = await converged(world, scenario, isOver, limitMs, startedMs);
  const convergedMs = await afterLateEffect(world, plan, firstMs, limitMs, startedMs);
  const messages = {
    Kubernetes: world.kubeProxy.messages,
    provider: world.cloudProxy.messages,
  };
  // Two looks more, for whatever comes late.
  if (convergedMs !== undefined) await delay(LOOK_MS / 2);
  const more = convergedMs === undefined ? [] : ((await scenario.alsoViolated?.(world)) ?? []);
  const outcome = judged(world, plan, convergedMs, messages, isOver());
  return { ...outcome, faults: [...outcome.faults, ...more] };
}

/** Sets the trap. The result tells whether what it does to the operator is over. */
function armed(world: World, fault: Fault | undefined): () => boolean {
  world.kubeProxy.reset();
  world.cloudProxy.reset();
  switch (fault?.type) {
    case undefined:
      return () => true;
    case "answer": {
      const id = world.cloud.faults.add({
        match: { nth: fault.index },
        effect: effectOf(fault.answer, world.cloud.reading),
      });
      return () => hitsOf(world, id) > 0;
    }
    case "cut":
      proxyOf(world, fault.side).reset({ ...fault, act: () => "drop" });
      return () => proxyOf(world, fault.side).isReached;
    case "kill":
      return armedToKill(world, fault);
  }
}

function armedToKill(world: World, fault: Extract<Fault, { type: "kill" }>): () => boolean {
  let isRestarted = false;
  proxyOf(world, fault.side).reset({
    ...fault,
    act: async () => {
      await world.kill();
      world.start();
      isRestarted = true;
      return "drop" as const;
    },
  });
  return () => isRestarted;
}

function hitsOf(world: World, id: number): number {
  return world.cloud.faults.list().find((rule) => rule.id === id)?.hits ?? 0;
}

/** What takes effect late may undo what had converged: it is waited for, and everything must come right once more. */
async function afterLateEffect(
  world: World,
  { scenario, fault }: Plan,
  convergedMs: number | undefined,
  limitMs: number,
  startedMs: number,
): Promise<number | undefined> {
  const lateMs = lateMsOf(fault);
  if (lateMs === 0 || convergedMs === undefined) return convergedMs;
  // The request that is late may have left at any time before everything was right.
  await delay(lateMs + 2 * LOOK_MS);
  return converged(world, scenario, () => true, limitMs, startedMs);
}

async function converged(
  world: World,
  scenario: Scenario,
  isOver: () => boolean,
  limitMs: number,
  startedMs: number,
): Promise<number | undefined> {
  const deadlineMs = performance.now() + limitMs;
  let doneSinceMs: number | undefined;
  while (performance.now() < deadlineMs) {
    if (await scenario.isDone(world)) {
      doneSinceMs ??= performance.now();
      // A message that never comes, because everything is done already, needs no fault.
      if (isOver() || performance.now() - doneSinceMs > LOOK_MS) return doneSinceMs - startedMs;
    } else doneSinceMs = undefined;
    await delay(15);
  }
  return undefined;
}

function judged(
  world: World,
  plan: Plan,
  convergedMs: number | undefined,
  messages: Outcome["messages"],
  isReached: boolean,
): Outcome {
  const { past } = world;
  const { entries, nowMs } = past;
  const bounds: Bounds = {
    doubleMs: doubleMsOf(plan.fault),
    quietMs: QUIET_MS,
    calls: plan.scenario.calls,
    adopted: world.adopted,
    canaries: world.canaries,
  };
  const histories = mostAlivePerMarker(entries, nowMs);
  const lost = convergedMs === undefined ? ["I11 ESR: it did not become as it shall be"] : [];
  return {
    plan,
    isReached,
    faults: [...lost, ...violations(past, bounds)],
    mostAlive: Math.max(0, ...histories.map(({ mostAlive }) => mostAlive)),
    longestDoubleMs: Math.max(0, ...histories.map(({ longestTwinsMs }) => longestTwinsMs)),
    remoteCalls: entries.filter(({ source }) => source === "api").length,
    convergedMs,
    messages,
    log: past.log,
  };
}

function proxyOf(world: World, side: Side): MessageProxy {
  return side === "Kubernetes" ? world.kubeProxy : world.cloudProxy;
}
