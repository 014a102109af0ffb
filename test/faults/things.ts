import { until } from "../until.ts";
import { posts } from "./invariants/history.ts";
import type { World } from "./world.ts";

/** @param changes To the spec that a resource of that name has. */
export async function apply(world: World, name: string, changes: object = {}): Promise<void> {
  const { type, specOf } = world.subject;
  await world.apply(type, name, { ...specOf(name), ...changes });
}

export async function applyOne(world: World): Promise<void> {
  await apply(world, "one");
}

export function named(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `many-${index}`);
}

export async function applyAll(world: World, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => apply(world, name)));
}

export async function patchSpec(world: World, name: string, spec: object): Promise<void> {
  await world.patch(world.subject.type, name, { spec });
}

export async function annotate(world: World, name: string, annotations: object): Promise<void> {
  await world.patch(world.subject.type, name, { metadata: { annotations } });
}

export async function remove(world: World, name: string): Promise<void> {
  await world.remove(world.subject.type, name);
}

/** `one` is ready and there is one of it. */
export async function readyAndSingle(world: World): Promise<boolean> {
  return (await world.isReady(world.subject.type, "one")) && world.alive("one") === 1;
}

export async function allReady(world: World, names: readonly string[]): Promise<boolean> {
  const ready = await Promise.all(names.map((name) => world.isReady(world.subject.type, name)));
  return ready.every(Boolean) && names.every((name) => world.alive(name) === 1);
}

export async function readyIs(world: World, name: string, status: string): Promise<boolean> {
  const object = await world.get(world.subject.type, name);
  return readyStatusOf(object?.status?.conditions) === status;
}

function readyStatusOf(conditions: unknown): string {
  if (!Array.isArray(conditions)) return "";
  return conditions.find(({ type }) => type === "Ready")?.status ?? "";
}

/** `one` is gone, and nothing of it is left. */
export async function isOneGone(world: World): Promise<boolean> {
  return (await world.isGone(world.subject.type, "one")) && world.alive("one") === 0;
}

/** Waits until a create request has come to the provider, answered or not. */
export async function posted(world: World, count = 1): Promise<void> {
  await until(`create request ${count}`, () => createsOf(world) >= count);
}

export function createsOf({ cloud: { ledger, reading } }: World): number {
  return posts({ entries: ledger.entries, reading }).length;
}

/** A violation where more create requests were sent than these. */
export function moreCreatesThan(world: World, most: number): string[] {
  const count = createsOf(world);
  return count > most ? [`${count} create requests, more than ${most}`] : [];
}

export function deletesOf({ cloud }: World): number {
  return cloud.ledger.entries.filter(
    ({ source, method }) => source === "api" && method === "DELETE",
  ).length;
}
