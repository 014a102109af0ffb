import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../until.ts";
import { isRefused } from "../invariants/history.ts";
import { LOOK_MS, type World } from "../world.ts";
import type { Trial } from "./trial.ts";
import { allReady, apply, applyAll, createsOf, named, patchSpec, remove } from "../things.ts";

const THIRTY = named(30);
/** From the first message of a life until it is killed, in milliseconds. */
const LIFE = { shortestMs: 50, longestMs: 500 };
const LIVES = { creating: 12, resizing: 8, deleting: 12 };
const POISON = "poison";

/** Many at once: nothing is made twice, nothing is left behind, and one that cannot be helped hinders no other. */
export const many = (): readonly Trial[] => [
  ...[1, 2].map(thirtyThroughKills),
  {
    name: "thirty, and one that is always refused",
    bounds: { calls: 900, callsPerSecond: 300 },
    play: async (world) => {
      world.start();
      await applyAll(world, THIRTY.slice(0, 15));
      await apply(world, POISON, world.subject.refused(POISON));
      await applyAll(world, THIRTY.slice(15));
      await until("thirty are ready", () => allReady(world, THIRTY));
      await delay(8 * LOOK_MS);
    },
    isDone: async (world) => (await allReady(world, THIRTY)) && isStalled(world, POISON),
    // Slow after a refusal: each wait is longer than two looks.
    alsoViolated: (world) => [...madeExactly(world, 30), ...refusedAtMost(world, 8)],
    limitMs: 30_000,
  },
  // The API server can lose an object in the very moment in which it accepts the patch with the finalizer (kubernetes/kubernetes#77988).
  {
    name: "thirty created and deleted in one breath",
    // From the loss until what was made has been taken back.
    bounds: { calls: 1_500, callsPerSecond: 500, overspendMs: 10 * LOOK_MS },
    play: async (world) => {
      world.start();
      await applyAll(world, THIRTY);
      await until("the first are asked for", () => createsOf(world) > 5);
      await Promise.all(THIRTY.map((name) => remove(world, name)));
    },
    isDone: (world) => allGone(world),
    limitMs: 30_000,
  },
];

/** @param seed Of the lengths of the lives. */
function thirtyThroughKills(seed: number): Trial {
  return {
    name: `thirty through kill -9, seed ${seed}`,
    bounds: { calls: 4_000, callsPerSecond: 500, honestMs: 60_000 },
    play: async (world) => {
      const random = generator(seed);
      await applyAll(world, THIRTY);
      await liveShortly(world, LIVES.creating, random);
      await settled(world, () => allReady(world, THIRTY));
      for (const name of THIRTY) await patchSpec(world, name, world.subject.sized(4));
      await liveShortly(world, LIVES.resizing, random);
      await settled(world, () => allReady(world, THIRTY));
      await Promise.all(THIRTY.map((name) => remove(world, name)));
      await liveShortly(world, LIVES.deleting, random);
      world.start();
    },
    isDone: (world) => allGone(world),
    alsoViolated: (world) => [
      ...madeExactly(world, 30),
      ...(createsOf(world) > 30 + LIVES.creating
        ? [`${createsOf(world)} create requests for thirty`]
        : []),
    ],
    limitMs: 60_000,
  };
}

/** The last life is as long as it takes. */
async function settled(world: World, isDone: () => Promise<boolean>): Promise<void> {
  world.start();
  await until("what was asked for is there", isDone, { limitMs: 60_000 });
  await world.kill();
}

async function liveShortly(world: World, lives: number, random: () => number): Promise<void> {
  for (let life = 0; life < lives; life += 1) {
    world.kubeProxy.reset();
    world.start();
    await until("the operator has said something", () => world.kubeProxy.messages.length > 0);
    const { shortestMs, longestMs } = LIFE;
    await delay(shortestMs + random() * (longestMs - shortestMs));
    await world.kill();
  }
}

async function allGone(world: World): Promise<boolean> {
  const { type, things } = world.subject;
  const gone = await Promise.all(THIRTY.map((name) => world.isGone(type, name)));
  return gone.every(Boolean) && things().length === 0;
}

async function isStalled(world: World, name: string): Promise<boolean> {
  const object = await world.get(world.subject.type, name);
  return (
    object?.status?.conditions?.some(
      ({ type, status }) => type === "Stalled" && status === "True",
    ) ?? false
  );
}

function madeExactly({ cloud }: World, count: number): string[] {
  const made = cloud.ledger.entries
    .flatMap(({ effects }) => effects)
    .filter(({ what }) => what === "created").length;
  return made === count ? [] : [`${made} were made, not ${count}`];
}

function refusedAtMost({ cloud: { ledger, reading } }: World, most: number): string[] {
  const refused = ledger.entries.filter(
    (entry) => reading.isCreate(entry) && isRefused(entry, reading),
  ).length;
  return refused > most ? [`refused ${refused} times, more than ${most}`] : [];
}

/** A small seeded generator; any spread will do. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
