import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../until.ts";
import { mutations } from "../invariants/history.ts";
import { quietSince } from "../invariants/traffic.ts";
import { LOOK_MS, QUIET_MS, type World } from "../world.ts";
import { answerSlowly } from "./cloud-credentials.ts";
import { type Election, LEASE, readiness } from "./election.ts";
import { leaderTrial } from "./leader-trial.ts";
import type { Trial } from "./trial.ts";
import {
  allReady,
  apply,
  applyOne,
  createsOf,
  moreCreatesThan,
  named,
  posted,
  readyAndSingle,
} from "../things.ts";

export const handover = (): readonly Trial[] => [
  leaderTrial({
    name: "leader killed in mid-POST",
    play: async (world, election) => {
      const { first } = await election.begin();
      answerSlowly(world);
      await applyOne(world);
      await posted(world);
      await first.operator.end("SIGKILL");
      await election.leads("second");
    },
    alsoViolated: (world) => moreCreatesThan(world, 1),
  }),
  leaderTrial({
    name: "SIGTERM in mid-POST",
    play: async (world, election) => {
      const { first } = await election.begin();
      answerSlowly(world);
      await applyOne(world);
      await posted(world);
      await endsWithZero(first.operator.end("SIGTERM"));
      await election.leads("second");
    },
    alsoViolated: (world, election) => [
      ...moreCreatesThan(world, 1),
      ...releasedAfterAnswer(world, election),
    ],
  }),
  leaderTrial({
    name: "SIGTERM in mid-POST that is never answered",
    play: async (world, election) => {
      const { first } = await election.begin();
      world.cloud.faults.add({
        match: { operation: world.subject.operations.create, nth: 1 },
        effect: { kind: "hang", afterWork: true },
      });
      await applyOne(world);
      await posted(world);
      await endsWithZero(first.operator.end("SIGTERM"));
      await election.leads("second");
    },
    alsoViolated: (world) => moreCreatesThan(world, 1),
  }),
  leaderTrial({
    name: "SIGTERM in mid-POST and no time to drain",
    play: async (world, election) => {
      const { first } = await election.begin({ SHUTDOWN_GRACE_SECONDS: "0.05" });
      answerSlowly(world);
      await applyOne(world);
      await posted(world);
      await endsWithZero(first.operator.end("SIGTERM"));
      await election.leads("second");
    },
    alsoViolated: (world, election) => [
      ...moreCreatesThan(world, 1),
      ...(election.terms[0]?.isReleased ? ["the lease was released while a POST was out"] : []),
    ],
  }),
  leaderTrial({
    name: "clean handover",
    play: async (world, election) => {
      const { first } = await election.begin();
      await applyOne(world);
      await until("one is ready", () => readyAndSingle(world));
      const startedMs = performance.now();
      await endsWithZero(first.operator.end("SIGTERM"));
      await election.leads("second");
      const tookMs = performance.now() - startedMs;
      if (tookMs > LEASE.durationMs) throw new Error(`the handover took ${tookMs} ms`);
    },
    alsoViolated: async (world) => {
      // Whatever the next leader has to say of the account, too.
      await delay(Math.max(LOOK_MS, world.cloud.credential.seenMs));
      const sinceMs = performance.now();
      await delay(4 * LOOK_MS);
      return [...moreCreatesThan(world, 1), ...quietSince(world.past, sinceMs)];
    },
  }),
  leaderTrial({
    name: "handover in the middle of ten creates",
    play: async (world, election) => {
      const { first } = await election.begin();
      answerSlowly(world);
      for (const name of TEN) await apply(world, name);
      await posted(world, 3);
      await endsWithZero(first.operator.end("SIGTERM"));
      await election.leads("second");
    },
    isDone: (world) => allReady(world, TEN),
    bounds: { callsPerSecond: 200 },
    alsoViolated: (world) => moreCreatesThan(world, 10),
  }),
  leaderTrial({
    name: "who is ready",
    play: whoIsReady,
  }),
];

const TEN = named(10);

async function endsWithZero(ended: Promise<unknown>): Promise<void> {
  const code = await ended;
  if (code !== 0) throw new Error(`an operator that was told to end ended with ${String(code)}`);
}

/** The lease is given up only when what had left was answered, or given up. */
function releasedAfterAnswer(world: World, election: Election): string[] {
  const [term] = election.terms;
  const answers = mutations(world.past)
    .filter(({ clientId }) => clientId === "first")
    .map(({ outMs = Infinity }) => outMs);
  const isReleased = term?.isReleased === true;
  return [
    ...(isReleased ? [] : ["the lease was not released"]),
    ...(isReleased && Math.max(...answers) > term.untilMs
      ? ["the lease was released before the POST was answered"]
      : []),
  ];
}

/** A standby is ready; a leader is; a leader that cannot renew its lease ends or is not. */
async function whoIsReady(world: World, election: Election): Promise<void> {
  const { first, second } = await election.begin();
  await applyOne(world);
  await until("one is ready", () => readyAndSingle(world));
  for (const { client, operator } of [first, second]) {
    const { status } = await readiness(operator);
    if (status !== 200) throw new Error(`${client} is not ready`);
  }
  const { ledger, reading } = world.cloud;
  const ofStandby = ledger.entries.filter(({ clientId }) => clientId === "second");
  if (ofStandby.some(reading.isMutation)) throw new Error("the standby wrote");
  first.kube.cut();
  await until(
    "the cut-off leader has ended, or says that it cannot work",
    async () => (await readiness(first.operator)).status !== 200,
    { limitMs: LEASE.durationMs },
  );
  await election.leads("second");
  if (createsOf(world) !== 1) throw new Error("more than one create request");
  await delay(QUIET_MS);
}
