import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../until.ts";
import { effectOf } from "../fault.ts";
import { LOOK_MS, TIMEOUT_MS, type World } from "../world.ts";
import { assertUnmoved, cloudTrial, movesOf } from "./cloud-trial.ts";
import { leaderTrial } from "./leader-trial.ts";
import { Gate, type Passage } from "./gate.ts";
import type { Trial } from "./trial.ts";
import {
  allReady,
  applyAll,
  applyOne,
  moreCreatesThan,
  named,
  patchSpec,
  posted,
  readyAndSingle,
  remove,
} from "../things.ts";

export const credentials = (): readonly Trial[] => [
  cloudTrial({
    name: "401 for two seconds in mid-create",
    play: async (world) => {
      answerSlowly(world);
      await applyOne(world);
      await posted(world);
      const { faults, reading } = world.cloud;
      const id = faults.add({ effect: effectOf("401 in between", reading) });
      await delay(2_000);
      faults.clear(id);
    },
    alsoViolated: (world) => moreCreatesThan(world, 1),
  }),
  cloudTrial({
    name: "401 for two seconds from the POST on",
    play: async (world) => {
      const { faults, reading } = world.cloud;
      const id = faults.add({ effect: effectOf("401 in between", reading) });
      await applyOne(world);
      await delay(2_000);
      faults.clear(id);
    },
  }),
  cloudTrial({
    name: "token rotated in mid-POST",
    play: async (world) => {
      answerSlowly(world);
      await applyOne(world);
      await posted(world);
      await world.cloud.credential.replace(world);
    },
    alsoViolated: (world) => moreCreatesThan(world, 1),
  }),
  cloudTrial({
    name: "token file empty for a while",
    play: async (world) => {
      await applyAll(world, named(3));
      await until("three are ready", () => allReady(world, named(3)));
      const { takeAway, putBack, seenMs } = world.cloud.credential;
      await takeAway(world);
      await remove(world, "many-0");
      await applyOne(world);
      await delay(2 * seenMs);
      await putBack(world);
    },
    isDone: async (world) =>
      (await allReady(world, ["many-1", "many-2", "one"])) &&
      (await world.isGone(world.subject.type, "many-0")),
    alsoViolated: (world) => moreCreatesThan(world, 4),
  }),
  ...[1, 2, 12].map(otherAccount),
  madeWithAnother(),
  ...[301, 302, 307, 308].map(redirected),
];

export function answerSlowly({ cloud, subject }: World): void {
  cloud.faults.add({
    match: { operation: subject.operations.create },
    effect: { kind: "delay", ms: TIMEOUT_MS * 0.75, when: "after" },
  });
}

/** The token of an account that sees none of ours: its lists are empty, and whatever is known is a documented 404. */
function otherAccount(count: number): Trial {
  const names = named(count);
  return cloudTrial({
    name: `token of another account, ${count} known`,
    bounds: { callsPerSecond: 300 },
    play: async (world) => {
      await applyAll(world, names);
      await until("all are ready", () => allReady(world, names));
      const { useAnother, putBack, seenMs } = world.cloud.credential;
      await useAnother(world);
      await delay(seenMs + LOOK_MS);
      const before = movesOf(world);
      // What a person does meanwhile must wait as well.
      await remove(world, "many-0");
      if (count > 1) await patchSpec(world, "many-1", world.subject.sized(2));
      await delay(8 * LOOK_MS);
      assertUnmoved(world, before);
      await putBack(world);
      await delay(seenMs);
    },
    isDone: async (world) =>
      (await world.isGone(world.subject.type, "many-0")) &&
      world.alive("many-0") === 0 &&
      allReady(world, names.slice(1)),
    alsoViolated: (world) => moreCreatesThan(world, count),
  });
}

/** Made with one token, looked for with another, and back: a token of HPC Park sees only what was made with it. */
function madeWithAnother(): Trial {
  return leaderTrial({
    only: "hpc-park",
    name: "created first under another account's token",
    hasManyWriters: true,
    play: async (world, election) => {
      const other = world.simulator.perform({ action: "add-token", name: "other" });
      await world.setToken(String(other.token));
      await election.enter("only", { LEADER_ELECTION: "false" });
      await applyOne(world);
      await until("one is ready", () => readyAndSingle(world));
      const { seenMs } = world.cloud.credential;
      await world.setToken(world.simulator.token);
      await delay(seenMs + 8 * LOOK_MS);
      await world.setToken(String(other.token));
      await delay(seenMs);
    },
    alsoViolated: (world) => moreCreatesThan(world, 1),
  });
}

/** The token goes to the configured host and to no other, whatever the answer says. */
function redirected(status: number): Trial {
  const seen: Passage[] = [];
  const names = named(3);
  return cloudTrial({
    name: `redirected to another host with ${status}`,
    play: async (world, { cloud }) => {
      const elsewhere = await Gate.open(world.cloudProxy.url);
      elsewhere.onRequest = (passage) => {
        seen.push(passage);
        return { status: 200, body: "[]" };
      };
      cloud.onRequest = ({ path }) => ({
        status,
        headers: { location: `${elsewhere.url}${path}` },
      });
      await applyAll(world, names);
      await delay(2 * world.cloud.credential.seenMs);
      cloud.onRequest = () => "pass";
      await elsewhere.shut();
    },
    isDone: (world) => allReady(world, names),
    alsoViolated: (world) => [
      ...moreCreatesThan(world, 3),
      ...(seen.length === 0 ? [] : [`${seen.length} requests followed to the other host`]),
    ],
  });
}
