import { INSTANCES, STORAGES } from "./hpc-park-cloud.ts";
import type { Scenario } from "./scenario.ts";
import { apply, isOneGone, readyAndSingle, remove } from "./things.ts";
import type { World } from "./world.ts";

const only = "hpc-park";
const STORAGE = { storageType: "ssd", sizeGb: 10 };

async function applyBoth(world: World): Promise<void> {
  await apply(world, "one", { storageRefs: [{ name: "data" }] });
  await world.apply(STORAGES, "data", STORAGE);
}

/** What is about storages, which no other provider has. */
export const HPC_PARK_SCENARIOS: readonly Scenario[] = [
  {
    name: "create with storage",
    only,
    act: applyBoth,
    isDone: async (world) =>
      (await world.isReady(STORAGES, "data")) && world.alive("data") === 1 && readyAndSingle(world),
    calls: 120,
  },
  {
    name: "storage in use",
    only,
    arrange: applyBoth,
    isArranged: (world) => world.isReady(INSTANCES, "one"),
    act: async (world) => {
      await world.remove(STORAGES, "data");
      await remove(world, "one");
    },
    isDone: async (world) =>
      (await isOneGone(world)) &&
      (await world.isGone(STORAGES, "data")) &&
      world.alive("data") === 0,
    endsGone: true,
    calls: 140,
  },
];
