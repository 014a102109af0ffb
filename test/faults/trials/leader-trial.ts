import { until } from "../../until.ts";
import { singleWriter } from "../invariants/single-writer.ts";
import { INSTANCES, LOOK_MS, type World } from "../world.ts";
import { Election } from "./election.ts";
import type { Trial } from "./trial.ts";

export const INSTANCE = {
  containerType: "pytorch",
  gpuType: "A100",
  gpuCount: 1,
  tariffType: "hourly",
};
/** Where a request takes effect after its time: until the look after the next. */
export const LATE_DOUBLE_MS = 3 * LOOK_MS;

export interface LeaderTrial extends Omit<Trial, "play" | "isDone" | "alsoViolated"> {
  readonly play: (world: World, election: Election) => Promise<void>;
  readonly isDone?: Trial["isDone"];
  readonly alsoViolated?: (world: World, election: Election) => string[] | Promise<string[]>;
  /** Two that work at once by their settings: nobody is the single writer then. */
  readonly hasManyWriters?: true;
}

const elections = new WeakMap<World, Election>();

/** Makes a trial of a course with several operators; I8 is judged beside the rest. */
export function leaderTrial(course: LeaderTrial): Trial {
  const { play, isDone = readyAndSingle, alsoViolated, hasManyWriters, ...rest } = course;
  return {
    ...rest,
    play: async (world) => {
      const election = await Election.open(world);
      elections.set(world, election);
      try {
        await play(world, election);
      } catch (error) {
        await election.close();
        throw error;
      }
    },
    isDone,
    alsoViolated: async (world) => {
      const election = elections.get(world);
      if (election === undefined) return [];
      try {
        const also = (await alsoViolated?.(world, election)) ?? [];
        return hasManyWriters ? also : [...also, ...singleWriter(world.past, election.terms)];
      } finally {
        await election.close();
      }
    },
  };
}

/** `one` is ready and there is one of it. */
export async function readyAndSingle(world: World): Promise<boolean> {
  return (await world.isReady(INSTANCES, "one")) && world.alive("one") === 1;
}

export async function applyOne(world: World): Promise<void> {
  await world.apply(INSTANCES, "one", INSTANCE);
}

/** Waits until a create request has come to HPC Park, answered or not. */
export async function posted(world: World, count = 1): Promise<void> {
  await until(`create request ${count}`, () => createsOf(world) >= count);
}

export function createsOf({ simulator }: World): number {
  return simulator.ledger.entries.filter(
    ({ source, method }) => source === "api" && method === "POST",
  ).length;
}

/** A violation where more create requests were sent than these. */
export function moreCreatesThan(world: World, most: number): string[] {
  const count = createsOf(world);
  return count > most ? [`${count} create requests, more than ${most}`] : [];
}
