import type { World } from "../world.ts";
import { type LeaderTrial, leaderTrial } from "./leader-trial.ts";
import type { Rival } from "./election.ts";
import { createsOf, deletesOf } from "../things.ts";
import type { Trial } from "./trial.ts";

export interface CloudTrial extends Omit<LeaderTrial, "play" | "hasManyWriters" | "alsoViolated"> {
  readonly play: (world: World, only: Rival) => Promise<void>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly alsoViolated?: (world: World) => string[] | Promise<string[]>;
}

/** A trial with one operator and a gate between it and the provider. */
export function cloudTrial({ play, environment, ...course }: CloudTrial): Trial {
  return leaderTrial({
    ...course,
    hasManyWriters: true,
    play: async (world, election) =>
      play(world, await election.enter("only", { LEADER_ELECTION: "false", ...environment })),
  });
}

/** What must not move while nothing is to be believed. */
export function movesOf(world: World): { creates: number; deletes: number; released: number } {
  const released = world.history.revisions.filter(({ type }) => type === "DELETED").length;
  return { creates: createsOf(world), deletes: deletesOf(world), released };
}

/** @throws where anything was created, deleted or let go of since. */
export function assertUnmoved(world: World, before: ReturnType<typeof movesOf>): void {
  const now = movesOf(world);
  if (JSON.stringify(now) === JSON.stringify(before)) return;
  throw new Error(`before ${JSON.stringify(before)}, now ${JSON.stringify(now)}`);
}
