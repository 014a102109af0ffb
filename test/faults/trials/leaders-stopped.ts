import { setTimeout as delay } from "node:timers/promises";
import { LOOK_MS, type World } from "../world.ts";
import { type Election, LEASE, type Rival } from "./election.ts";
import type { Passage, Verdict } from "./gate.ts";
import { LATE_DOUBLE_MS, leaderTrial } from "./leader-trial.ts";
import type { Trial } from "./trial.ts";
import { until } from "../../until.ts";
import { applyOne, isOneGone, moreCreatesThan, posted, readyAndSingle, remove } from "../things.ts";

/** A leader that sleeps through its lease and wakes up while another leads, having been put to sleep at one step of a create. */
interface Step {
  readonly what: string;
  readonly side: "kube" | "cloud";
  readonly when: "onRequest" | "onAnswer";
  readonly isIt: (passage: Passage, world: World) => boolean;
  /** `held`: the message goes on only when the leader wakes up. */
  readonly isHeld: boolean;
}

const isJournal = ({ method, body }: Passage, { cloud }: World): boolean =>
  method === "PATCH" && body.includes(`${cloud.reading.group}/create`);
const isPost = (passage: Passage, { cloud }: World): boolean => cloud.reading.isCreate(passage);
const isDelete = ({ method }: Passage): boolean => method === "DELETE";
const isIdWrite = ({ method, path, body }: Passage): boolean =>
  method === "PATCH" && path.includes("/one/status") && body.includes('"id"');

const isLastRead = ({ method, path }: Passage, { subject }: World): boolean =>
  method === "GET" && path.endsWith(`/${subject.type.plural}/one`);

const kube = { side: "kube" } as const;
const toCloud = { side: "cloud", isIt: isPost } as const;
const STEPS: readonly Step[] = [
  { ...kube, what: "before the journal", when: "onRequest", isIt: isJournal, isHeld: false },
  { ...kube, what: "its journal on the way", when: "onRequest", isIt: isJournal, isHeld: true },
  {
    ...kube,
    what: "the answer to its journal on the way",
    when: "onAnswer",
    isIt: isJournal,
    isHeld: true,
  },
  { ...kube, what: "after its journal", when: "onAnswer", isIt: isJournal, isHeld: false },
  { ...toCloud, what: "the answer to its POST on the way", when: "onAnswer", isHeld: true },
  { ...toCloud, what: "after its POST", when: "onAnswer", isHeld: false },
  { ...kube, what: "before it wrote the id", when: "onRequest", isIt: isIdWrite, isHeld: false },
  { ...kube, what: "its id on the way", when: "onRequest", isIt: isIdWrite, isHeld: true },
];

/** Before a DELETE the object is read anew: with the answer in hand nothing but the lease is in the way. */
const STEPS_OF_DELETION: readonly Step[] = [
  {
    ...kube,
    what: "the answer to its last read on the way",
    when: "onAnswer",
    isIt: isLastRead,
    isHeld: true,
  },
  { ...kube, what: "after its last read", when: "onAnswer", isIt: isLastRead, isHeld: false },
  {
    side: "cloud",
    what: "the answer to its DELETE on the way",
    when: "onAnswer",
    isIt: isDelete,
    isHeld: true,
  },
];

export const stopped = (): readonly Trial[] => [
  ...STEPS.map((step) =>
    leaderTrial({
      name: `leader asleep with ${step.what}`,
      play: (world, election) => sleepAt(step, world, election, applyOne, readyAndSingle),
      alsoViolated: (world) => moreCreatesThan(world, 2),
    }),
  ),
  ...STEPS_OF_DELETION.map((step) =>
    leaderTrial({
      name: `leader asleep with ${step.what}`,
      play: async (world, election) => {
        await sleepAt(step, world, election, removeOne, isOneGone);
      },
      isDone: isOneGone,
      alsoViolated: (world) => moreCreatesThan(world, 1),
    }),
  ),
  leaderTrial({
    name: "leader asleep, its POST held by the provider",
    bounds: { doubleMs: LATE_DOUBLE_MS },
    play: sleepWithSlowPost,
    alsoViolated: (world) => moreCreatesThan(world, 2),
  }),
];

async function sleepAt(
  step: Step,
  world: World,
  election: Election,
  act: (world: World) => Promise<void>,
  isDone: (world: World) => Promise<boolean>,
): Promise<void> {
  const { first, second } = await election.begin();
  if (act === removeOne) {
    await applyOne(world);
    await until("one is ready", () => readyAndSingle(world));
  }
  const waking = Promise.withResolvers<void>();
  const reached = armed(step, world, first, waking.promise);
  await act(world);
  await until(`the leader is asleep with ${step.what}`, reached);
  await election.leads("second");
  await until("the next leader has done it", () => isDone(world), { seen: second.operator.log });
  waking.resolve();
  await wakeAndWatch(first);
}

async function removeOne(world: World): Promise<void> {
  await remove(world, "one");
}

/** Puts the leader to sleep at the first message of the step; tells whether that was. */
function armed(
  step: Step,
  world: World,
  { kube: kubeGate, cloud: cloudGate, operator }: Rival,
  waking: Promise<void>,
): () => boolean {
  let isReached = false;
  const gate = step.side === "kube" ? kubeGate : cloudGate;
  gate[step.when] = async (passage: Passage): Promise<Verdict> => {
    if (isReached || !step.isIt(passage, world)) return "pass";
    isReached = true;
    operator.signal("SIGSTOP");
    if (step.isHeld) await waking;
    return "pass";
  };
  return () => isReached;
}

/** It has slept for at least twice its lease where the takeover took that long; now it must notice. */
async function wakeAndWatch({ operator }: Rival): Promise<void> {
  operator.signal("SIGCONT");
  const code = await Promise.race([
    operator.ended,
    delay(2 * LEASE.durationMs).then(() => "alive"),
  ]);
  if (code !== 1) throw new Error(`the old leader should have ended with 1, but: ${code}`);
  await delay(2 * LOOK_MS);
}

/** The POST has left; the provider carries it out when another leads and has made its own, or refuses it for that. */
async function sleepWithSlowPost(world: World, election: Election): Promise<void> {
  const { first, second } = await election.begin();
  const ms = 2 * LEASE.durationMs + 500;
  world.cloud.faults.add({
    match: { operation: world.subject.operations.create, nth: 1 },
    effect: { kind: "delay", ms, when: "before" },
  });
  await applyOne(world);
  await posted(world);
  first.operator.signal("SIGSTOP");
  await election.leads("second");
  await until("the next leader has done it", () => readyAndSingle(world), {
    seen: second.operator.log,
  });
  await until("the first request has taken effect", () => isFirstDecided(world), {
    limitMs: 2 * ms,
  });
  await wakeAndWatch(first);
}

function isFirstDecided({ cloud: { ledger, reading } }: World): boolean {
  return ledger.entries.some(
    (entry) =>
      entry.clientId === "first" && reading.isCreate(entry) && entry.workStatus !== undefined,
  );
}
