import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../until.ts";
import { mostInASecond } from "../invariants/traffic.ts";
import { isChange, type Reading } from "../invariants/reading.ts";
import { LOOK_MS, QUIET_MS, type World } from "../world.ts";
import { cloudTrial } from "./cloud-trial.ts";
import type { Rival } from "./election.ts";
import type { Passage } from "./gate.ts";
import type { Trial } from "./trial.ts";
import {
  allReady,
  apply,
  applyAll,
  applyOne,
  isOneGone,
  moreCreatesThan,
  named,
  patchSpec,
  posted,
  readyAndSingle,
  readyIs,
  remove,
} from "../things.ts";

const OUTAGE_MS = 3_000;
const SIX = named(6);
/** Calls in any second while nothing answers, two kinds together; at the active interval it would be forty. */
const CALLS_IN_OUTAGE = 25;

export const outages = (): readonly Trial[] => [
  outage("every call hangs", {
    begin: ({ cloud }) => void cloud.faults.add({ effect: { kind: "hang" } }),
    end: ({ cloud }) => cloud.faults.clear(),
  }),
  outage("every answer is lost", {
    begin: ({ cloud }) => void cloud.faults.add({ effect: { kind: "hang", afterWork: true } }),
    end: ({ cloud }) => cloud.faults.clear(),
  }),
  outage("every answer is 503", {
    begin: ({ cloud }) =>
      void cloud.faults.add({ effect: { kind: "status", status: 503, body: "busy" } }),
    end: ({ cloud }) => cloud.faults.clear(),
  }),
  outage("connections are refused", {
    begin: (_, { cloud }) => cloud.shut(),
    end: (_, { cloud }) => cloud.reopen(),
  }),
  outage("connections are cut", {
    begin: (_, { cloud }) => cloud.cut(),
    end: (_, { cloud }) => cloud.mend(),
  }),
  tenLost("create", (passage, { isCreate }) => isCreate(passage), applyOne, readyAndSingle),
  tenLost(
    "delete",
    ({ method }) => method === "DELETE",
    (world) => remove(world, "one"),
    isOneGone,
  ),
  tenLost(
    "update",
    isChange,
    (world) => patchSpec(world, "one", world.subject.sized(4)),
    async (world) => (await readyAndSingle(world)) && isSized(world),
  ),
  cloudTrial({
    name: "ten creates in a row hang and do nothing",
    limitMs: 60_000,
    play: async (world) => {
      world.cloud.faults.add({
        match: { operation: world.subject.operations.create, nth: 1, times: 10 },
        effect: { kind: "hang" },
      });
      await applyOne(world);
      await posted(world, 2);
    },
    alsoViolated: (world) => moreCreatesThan(world, 11),
  }),
  cloudTrial({
    name: "create delivered twice",
    bounds: { doubleMs: 3 * LOOK_MS },
    play: async (world, { cloud }) => {
      const { isCreate } = world.cloud.reading;
      cloud.onRequest = (passage) => (isCreate(passage) ? "twice" : "pass");
      await applyAll(world, named(3));
      await delay(QUIET_MS);
    },
    isDone: (world) => allReady(world, named(3)),
    alsoViolated: (world) => moreCreatesThan(world, 6),
  }),
];

async function isSized(world: World): Promise<boolean> {
  const { subject } = world;
  const { status = {} } = (await world.get(subject.type, "one")) ?? {};
  return subject.isShown(status, { size: 4 });
}

interface Outage {
  readonly begin: (world: World, only: Rival) => Promise<void> | void;
  readonly end: (world: World, only: Rival) => Promise<void> | void;
}

/** Six are ready, one more is asked for while nothing answers, one is to go, and the provider comes back. */
function outage(name: string, { begin, end }: Outage): Trial {
  let recoveredMs = 0;
  let outMs = 0;
  return cloudTrial({
    name: `outage: ${name}`,
    bounds: { callsPerSecond: 100 },
    play: async (world, only) => {
      await applyAll(world, SIX);
      await until("six are ready", () => allReady(world, SIX));
      await begin(world, only);
      outMs = performance.now();
      await apply(world, "seventh");
      await remove(world, "many-0");
      await until(
        "it is said that nothing can be read",
        () => readyIs(world, "many-1", "Unknown"),
        {
          limitMs: OUTAGE_MS,
        },
      );
      await delay(Math.max(outMs + OUTAGE_MS - performance.now(), 0));
      recoveredMs = performance.now();
      await end(world, only);
    },
    isDone: async (world) =>
      (await allReady(world, [...SIX.slice(1), "seventh"])) &&
      (await world.isGone(world.subject.type, "many-0")),
    alsoViolated: (world) => [
      ...moreCreatesThan(world, 7 + 1),
      ...stormIn(world, outMs, recoveredMs),
    ],
  });
}

function stormIn({ cloud }: World, fromMs: number, toMs: number): string[] {
  const during = cloud.ledger.entries.filter(({ inMs }) => inMs > fromMs && inMs < toMs);
  const most = mostInASecond(during);
  return most > CALLS_IN_OUTAGE ? [`${most} calls in one second of the outage`] : [];
}

/** From the first such request on, ten answers in a row are lost, whatever they answer; all of it is done. */
function tenLost(
  what: string,
  isIt: (passage: Passage, reading: Reading) => boolean,
  act: (world: World) => Promise<void>,
  isDone: (world: World) => Promise<boolean>,
): Trial {
  return cloudTrial({
    name: `ten answers in a row lost from a ${what} on`,
    limitMs: 30_000,
    play: async (world, { cloud }) => {
      if (what !== "create") {
        await applyOne(world);
        await until("one is ready", () => readyAndSingle(world));
      }
      let left = 10;
      let hasBegun = false;
      cloud.onAnswer = (passage) => {
        hasBegun ||= isIt(passage, world.cloud.reading);
        if (!hasBegun || left === 0) return "pass";
        left -= 1;
        return "drop";
      };
      await act(world);
      await until("ten answers are lost", () => left === 0);
    },
    isDone,
    alsoViolated: (world) => moreCreatesThan(world, 1),
  });
}
