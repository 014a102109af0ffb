import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../until.ts";
import { INSTANCES, LOOK_MS, QUIET_MS, type World } from "../world.ts";
import { type Election, LEASE } from "./election.ts";
import type { Passage, Verdict } from "./gate.ts";
import {
  applyOne,
  createsOf,
  INSTANCE,
  LATE_DOUBLE_MS,
  leaderTrial,
  moreCreatesThan,
  readyAndSingle,
} from "./leader-trial.ts";
import type { Trial } from "./trial.ts";

const FIVE = Array.from({ length: 5 }, (_, index) => `many-${index}`);
const isLeaseWrite = ({ method, path }: Passage): boolean =>
  method === "PUT" && path.includes("/leases");

export const APART: readonly Trial[] = [
  leaderTrial({
    name: "leader cut off from the API server alone",
    play: cutOff,
    alsoViolated: (world) => moreCreatesThan(world, 1),
  }),
  leaderTrial({
    name: "answers to renewals lost",
    play: async (world, election) => {
      const { first } = await election.begin();
      await applyOne(world);
      await until("one is ready", () => readyAndSingle(world));
      first.kube.onAnswer = (passage) => (isLeaseWrite(passage) ? "drop" : "pass");
      await first.operator.ended;
      await election.leads("second");
    },
    alsoViolated: (world) => moreCreatesThan(world, 1),
  }),
  leaderTrial({
    name: "standby that sees everything late",
    play: lateStandby,
    isDone: async (world) =>
      (await readyAndSingle(world)) &&
      (await world.isGone(INSTANCES, "two")) &&
      world.alive("two") === 0,
    alsoViolated: (world) => moreCreatesThan(world, 2),
  }),
  leaderTrial({
    name: "two at once without an election",
    hasManyWriters: true,
    bounds: { doubleMs: LATE_DOUBLE_MS, callsPerSecond: 300 },
    play: (world, election) => twoAtOnce(world, election, { LEADER_ELECTION: "false" }),
    isDone: fiveReady,
    alsoViolated: (world) => [
      ...moreCreatesThan(world, 10),
      ...neverAllGone(world),
      ...bothWorked(world),
    ],
  }),
  leaderTrial({
    name: "two at once by leases in two namespaces",
    hasManyWriters: true,
    bounds: { doubleMs: LATE_DOUBLE_MS, callsPerSecond: 300 },
    play: (world, election) => twoAtOnce(world, election, { LEASE_NAMESPACE: "default" }),
    isDone: fiveReady,
    alsoViolated: (world) => [
      ...moreCreatesThan(world, 10),
      ...neverAllGone(world),
      ...bothWorked(world),
    ],
  }),
];

/** HPC Park is within reach all the time, and somebody there keeps giving the leader a reason to write. */
async function cutOff(world: World, election: Election): Promise<void> {
  const { first } = await election.begin();
  await applyOne(world);
  await until("one is ready", () => readyAndSingle(world));
  const id = Number((await world.get(INSTANCES, "one"))?.status?.id);
  let count = 1;
  const meddling = setInterval(() => {
    count = count === 2 ? 3 : 2;
    world.simulator.perform({ action: "change-resources", id, gpu_count: count });
  }, 150);
  try {
    await until("the leader corrects what was changed", () => changesBy(world, "first") > 1);
    first.kube.cut();
    const code = await Promise.race([first.operator.ended, delay(2 * LEASE.durationMs)]);
    if (code !== 1)
      throw new Error(`the leader that was cut off should have ended with 1, but: ${String(code)}`);
    await election.leads("second");
    first.kube.mend();
  } finally {
    clearInterval(meddling);
  }
}

function changesBy({ simulator }: World, client: string): number {
  return simulator.ledger.entries.filter(
    ({ clientId, method }) => clientId === client && method === "PATCH",
  ).length;
}

/** It takes over knowing neither the object's journal, nor its id, nor that another is on its way out. */
async function lateStandby(world: World, election: Election): Promise<void> {
  const first = await election.enter("first");
  await election.leads("first");
  await world.apply(INSTANCES, "two", INSTANCE);
  await until("two is ready", () => world.isReady(INSTANCES, "two"));
  const second = await election.enter("second");
  // A read of the lease takes that long as well, so it stays below what a renewal may take.
  second.kube.lateMs = LEASE.renewDeadlineMs / 3;
  await delay(LOOK_MS);
  const lateUntil = delay(LEASE.durationMs * 2);
  second.kube.onRequest = async ({ path }): Promise<Verdict> => {
    if (path.includes("watch=true")) await lateUntil;
    return "pass";
  };
  await applyOne(world);
  await until("the first has made it", () => createsOf(world) === 2);
  await world.remove(INSTANCES, "two");
  await first.operator.end("SIGKILL");
  await election.leads("second");
  await lateUntil;
  second.kube.lateMs = 0;
}

async function twoAtOnce(
  world: World,
  election: Election,
  environment: Record<string, string>,
): Promise<void> {
  const own = environment["LEADER_ELECTION"] === undefined ? {} : environment;
  await election.enter("first", own);
  await election.enter("second", environment);
  await delay(LEASE.durationMs);
  await Promise.all(FIVE.map((name) => world.apply(INSTANCES, name, INSTANCE)));
  await delay(QUIET_MS);
  await Promise.all(FIVE.map((name) => world.patch(INSTANCES, name, { spec: { gpuCount: 2 } })));
  await delay(4 * LOOK_MS);
}

async function fiveReady(world: World): Promise<boolean> {
  const ready = await Promise.all(FIVE.map((name) => world.isReady(INSTANCES, name)));
  return ready.every(Boolean) && FIVE.every((name) => world.alive(name) === 1);
}

/** Of two that heal each other's doubles, both might delete the other's. */
function neverAllGone(world: World): string[] {
  return FIVE.flatMap((name) => {
    const prefix = `${world.namespace}/${name} `;
    let alive = 0;
    const effects = world.simulator.ledger.entries
      .flatMap((entry) => entry.effects)
      .filter(({ label }) => label.startsWith(prefix));
    for (const { what } of effects) {
      if (what === "created") alive += 1;
      if (what !== "deleted") continue;
      alive -= 1;
      if (alive === 0) return [`the last ${name} was deleted, though its resource is there`];
    }
    return [];
  });
}

/** Else the trial would prove nothing. */
function bothWorked({ simulator }: World): string[] {
  return ["first", "second"]
    .filter((client) => !simulator.ledger.entries.some(({ clientId }) => clientId === client))
    .map((client) => `${client} did not work`);
}
