import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../until.ts";
import { isChange } from "../invariants/reading.ts";
import { LOOK_MS, QUIET_MS, type World } from "../world.ts";
import { type Election, LEASE } from "./election.ts";
import type { Passage, Verdict } from "./gate.ts";
import { LATE_DOUBLE_MS, leaderTrial } from "./leader-trial.ts";
import type { Trial } from "./trial.ts";
import {
  allReady,
  apply,
  applyAll,
  applyOne,
  createsOf,
  moreCreatesThan,
  named,
  patchSpec,
  readyAndSingle,
  remove,
} from "../things.ts";

const FIVE = named(5);
/** The other's request may leave later than its journal: by as long as it takes to look up what to ask for. */
const BESIDE_EACH_OTHER = {
  doubleMs: LATE_DOUBLE_MS,
  quietMs: QUIET_MS / 4,
  callsPerSecond: 300,
};
const isLeaseWrite = ({ method, path }: Passage): boolean =>
  method === "PUT" && path.includes("/leases");

export const apart = (): readonly Trial[] => [
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
      (await world.isGone(world.subject.type, "two")) &&
      world.alive("two") === 0,
    alsoViolated: (world) => moreCreatesThan(world, 2),
  }),
  leaderTrial({
    name: "two at once without an election",
    hasManyWriters: true,
    bounds: BESIDE_EACH_OTHER,
    play: (world, election) => twoAtOnce(world, election, { LEADER_ELECTION: "false" }),
    isDone: (world) => allReady(world, FIVE),
    alsoViolated: (world) => [
      ...moreCreatesThan(world, 10),
      ...neverAllGone(world),
      ...bothWorked(world),
    ],
  }),
  leaderTrial({
    name: "two at once by leases in two namespaces",
    hasManyWriters: true,
    bounds: BESIDE_EACH_OTHER,
    play: (world, election) => twoAtOnce(world, election, { LEASE_NAMESPACE: "default" }),
    isDone: (world) => allReady(world, FIVE),
    alsoViolated: (world) => [
      ...moreCreatesThan(world, 10),
      ...neverAllGone(world),
      ...bothWorked(world),
    ],
  }),
];

/** The provider is within reach all the time, and somebody there keeps giving the leader a reason to write. */
async function cutOff(world: World, election: Election): Promise<void> {
  const { first } = await election.begin();
  await applyOne(world);
  await until("one is ready", () => readyAndSingle(world));
  const { panel, things } = world.subject;
  const id = things()[0]?.id ?? "";
  let size: 2 | 3 = 3;
  const meddling = setInterval(() => {
    size = size === 2 ? 3 : 2;
    panel.resize(id, size);
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

function changesBy({ cloud: { ledger, reading } }: World, client: string): number {
  return ledger.entries.filter((entry) => entry.clientId === client && isChange(entry, reading))
    .length;
}

/** It takes over knowing neither the object's journal, nor its id, nor that another is on its way out. */
async function lateStandby(world: World, election: Election): Promise<void> {
  const first = await election.enter("first");
  await election.leads("first");
  await apply(world, "two");
  await until("two is ready", () => world.isReady(world.subject.type, "two"));
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
  await remove(world, "two");
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
  await applyAll(world, FIVE);
  await delay(QUIET_MS);
  await Promise.all(FIVE.map((name) => patchSpec(world, name, world.subject.sized(2))));
  await delay(4 * LOOK_MS);
}

/** Of two that heal each other's doubles, both might delete the other's. */
function neverAllGone(world: World): string[] {
  return FIVE.flatMap((name) => {
    const prefix = `${world.namespace}/${name} `;
    let alive = 0;
    const effects = world.cloud.ledger.entries
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
function bothWorked({ cloud }: World): string[] {
  return ["first", "second"]
    .filter((client) => !cloud.ledger.entries.some(({ clientId }) => clientId === client))
    .map((client) => `${client} did not work`);
}
