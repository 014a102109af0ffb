import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../until.ts";
import { INSTANCES, LOOK_MS, QUIET_MS, type World } from "../world.ts";
import { allReady, applyAll, assertUnmoved, cloudTrial, movesOf, named } from "./cloud-trial.ts";
import { moreCreatesThan } from "./leader-trial.ts";
import type { Trial } from "./trial.ts";

/** How many there are, and how a list lies about them. */
interface Lie {
  readonly name: string;
  readonly count: number;
  readonly tell: (world: World) => void;
}

const NOT_FOUND = { kind: "status", status: 404, body: { detail: "Not Found" } } as const;

function loseList({ simulator }: World, share: number): void {
  simulator.faults.add({
    match: { operation: "listInstances" },
    effect: { kind: "partial-list", fraction: share },
  });
}

/** The same ones are missing from the list and are a documented 404: all that is left is that they are many. */
function loseSome(world: World, share: number): void {
  const ids = world.simulator.park.instances.all().map(({ id }) => id);
  const lost = ids.slice(0, Math.ceil(ids.length * share));
  world.simulator.faults.add({
    match: { operation: "listInstances" },
    effect: { kind: "partial-list", ids: lost },
  });
  world.simulator.faults.add({
    match: { method: "GET", path: `/instance/(${lost.join("|")})$` },
    effect: NOT_FOUND,
  });
}

const LIES: readonly Lie[] = [
  {
    name: "[] while twelve run",
    count: 12,
    tell: ({ simulator }) =>
      void simulator.faults.add({
        match: { operation: "listInstances" },
        effect: { kind: "empty-list" },
      }),
  },
  { name: "40 % of twelve lost", count: 12, tell: (world) => loseList(world, 0.4) },
  { name: "40 % of twenty lost", count: 20, tell: (world) => loseList(world, 0.4) },
  { name: "40 % of twenty lost, and 404", count: 20, tell: (world) => loseSome(world, 0.4) },
  { name: "all of three lost, and 404", count: 3, tell: (world) => loseSome(world, 1) },
];

export const LISTS: readonly Trial[] = LIES.map(lieTrial);

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
      await world.remove(INSTANCES, "many-0");
      await delay(4 * LOOK_MS);
      assertUnmovedOrDeleting(world, before);
      world.simulator.faults.clear();
    },
    isDone: async (world) =>
      (await world.isGone(INSTANCES, "many-0")) &&
      world.alive("many-0") === 0 &&
      allReady(world, names.slice(1)),
    alsoViolated: (world) => moreCreatesThan(world, count),
  });
}

/** What a GET still shows may be deleted on its user's word, where the lie was too small to break the trust. */
function assertUnmovedOrDeleting(world: World, before: ReturnType<typeof movesOf>): void {
  const isProven = world.alive("many-0") === 0;
  assertUnmoved(world, isProven ? movesAfterDelete(before) : before);
}

function movesAfterDelete(before: ReturnType<typeof movesOf>): ReturnType<typeof movesOf> {
  return { ...before, deletes: before.deletes + 1, released: before.released + 1 };
}
