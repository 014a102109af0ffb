import { singleWriter } from "../invariants/single-writer.ts";
import { LOOK_MS, type World } from "../world.ts";
import { Election } from "./election.ts";
import type { Trial } from "./trial.ts";
import { readyAndSingle } from "../things.ts";

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
