import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../until.ts";
import { effectOf } from "../fault.ts";
import { LOOK_MS, QUIET_MS, type World } from "../world.ts";
import { assertUnmoved, cloudTrial, movesOf } from "./cloud-trial.ts";
import type { Trial } from "./trial.ts";
import { allReady, applyAll, moreCreatesThan, named, remove } from "../things.ts";

/** How many there are, and how a list lies about them. */
interface Lie {
  readonly name: string;
  readonly count: number;
  readonly tell: (world: World) => void;
}

function loseList({ cloud, subject }: World, share: number): void {
  cloud.faults.add({
    match: { operation: subject.operations.list },
    effect: { kind: "partial-list", fraction: share },
  });
}

/** The same ones are missing from the list and are a documented 404: all that is left is that they are many. */
function loseSome({ cloud: { faults, reading }, subject }: World, share: number): void {
  const ids = subject.things().map(({ id }) => id);
  const lost = ids.slice(0, Math.ceil(ids.length * share));
  faults.add({
    match: { operation: subject.operations.list },
    effect: { kind: "partial-list", ids: lost },
  });
  faults.add({
    match: { method: "GET", path: subject.answers.cardsOf(lost) },
    effect: effectOf("404 though it exists", reading),
  });
}

const LIES: readonly Lie[] = [
  {
    name: "[] while twelve run",
    count: 12,
    tell: ({ cloud, subject }) =>
      void cloud.faults.add({
        match: { operation: subject.operations.list },
        effect: { kind: "empty-list" },
      }),
  },
  { name: "40 % of twelve lost", count: 12, tell: (world) => loseList(world, 0.4) },
  { name: "40 % of twenty lost", count: 20, tell: (world) => loseList(world, 0.4) },
  { name: "40 % of twenty lost, and 404", count: 20, tell: (world) => loseSome(world, 0.4) },
  { name: "all of three lost, and 404", count: 3, tell: (world) => loseSome(world, 1) },
];

export const lyingLists = (): readonly Trial[] => LIES.map(lieTrial);

function lieTrial({ name, count, tell }: Lie): Trial {
  const names = named(count);
  return cloudTrial({
    name: `list lies: ${name}`,
    bounds: { callsPerSecond: 400 },
    play: async (world) => {
      await applyAll(world, names);
      await until("all are ready", () => allReady(world, names));
      // Past the quiet time: nothing but the breaker and the proof are in the way.
      await delay(QUIET_MS);
      const before = movesOf(world);
      tell(world);
      await delay(2 * LOOK_MS);
      await remove(world, "many-0");
      await delay(4 * LOOK_MS);
      assertUnmovedOrDeleting(world, before);
      world.cloud.faults.clear();
    },
    isDone: async (world) =>
      (await world.isGone(world.subject.type, "many-0")) &&
      world.alive("many-0") === 0 &&
      allReady(world, names.slice(1)),
    alsoViolated: (world) => moreCreatesThan(world, count),
  });
}

/** What a GET still shows may be deleted on its user's word, where the lie was too small to break the trust. */
function assertUnmovedOrDeleting(world: World, before: ReturnType<typeof movesOf>): void {
  const { released } = movesOf(world);
  const isProven = world.alive("many-0") === 0;
  // What is gone is let go of when that is proven.
  const isLetGo = released === before.released + 1;
  const deleted = { deletes: before.deletes + 1, ...(isLetGo ? { released } : {}) };
  assertUnmoved(world, isProven ? { ...before, ...deleted } : before);
}
