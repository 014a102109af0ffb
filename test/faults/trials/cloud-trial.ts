import { INSTANCES, type World } from "../world.ts";
import { createsOf, INSTANCE, type LeaderTrial, leaderTrial } from "./leader-trial.ts";
import type { Rival } from "./election.ts";
import type { Trial } from "./trial.ts";

export interface CloudTrial extends Omit<LeaderTrial, "play" | "hasManyWriters" | "alsoViolated"> {
  readonly play: (world: World, only: Rival) => Promise<void>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly alsoViolated?: (world: World) => string[] | Promise<string[]>;
}

/** A trial with one operator and a gate between it and HPC Park. */
export function cloudTrial({ play, environment, ...course }: CloudTrial): Trial {
  return leaderTrial({
    ...course,
    hasManyWriters: true,
    play: async (world, election) =>
      play(world, await election.enter("only", { LEADER_ELECTION: "false", ...environment })),
  });
}

export function named(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `many-${index}`);
}

export async function applyAll(world: World, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => world.apply(INSTANCES, name, INSTANCE)));
}

export async function allReady(world: World, names: readonly string[]): Promise<boolean> {
  const ready = await Promise.all(names.map((name) => world.isReady(INSTANCES, name)));
  return ready.every(Boolean) && names.every((name) => world.alive(name) === 1);
}

export function deletesOf({ simulator }: World): number {
  return simulator.ledger.entries.filter(
    ({ source, method }) => source === "api" && method === "DELETE",
  ).length;
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

export function readyStatusOf(conditions: unknown): string {
  if (!Array.isArray(conditions)) return "";
  return conditions.find(({ type }) => type === "Ready")?.status ?? "";
}

export async function readyIs(world: World, name: string, status: string): Promise<boolean> {
  const object = await world.get(INSTANCES, name);
  return readyStatusOf(object?.status?.conditions) === status;
}
