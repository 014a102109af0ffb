import { setTimeout as delay } from "node:timers/promises";
import { BROKEN_VERSION, COMPILE_ERROR, SEED } from "../../src/embedded/element/seed.ts";
import { until } from "../until.ts";
import { APPLICATIONS } from "./element-cloud.ts";
import type { Scenario } from "./scenario.ts";
import { apply, applyOne, isOneGone, patchSpec, readyAndSingle, remove } from "./things.ts";
import { LOOK_MS, type World } from "./world.ts";

const oneReady = {
  only: "element",
  arrange: applyOne,
  isArranged: readyAndSingle,
} as const;

async function statusOf(world: World): Promise<Readonly<Record<string, unknown>>> {
  return (await world.get(APPLICATIONS, "one"))?.status ?? {};
}

async function isSized(world: World): Promise<boolean> {
  return world.subject.isShown(await statusOf(world), { size: 3, isOn: true });
}

async function reasonOf(world: World, type: string): Promise<string | undefined> {
  const object = await world.get(APPLICATIONS, "one");
  const { observedGeneration, conditions } = object?.status ?? {};
  if (observedGeneration !== object?.metadata.generation) return undefined;
  return conditions?.find((one) => one.type === type)?.reason;
}

/** A fault that comes late may have put other words in their place for a moment. */
async function tells(world: World, words: string): Promise<boolean> {
  return JSON.stringify((await statusOf(world))["conditions"] ?? "").includes(words);
}

function requests(world: World, name: string): number {
  return world.cloud.ledger.entries.filter(
    ({ source, operation }) => source === "api" && operation === name,
  ).length;
}

/** Each of these may have been asked for before its failure could be seen; afterwards there is nothing to ask for. */
async function isAskedAgain(world: World, operation: string): Promise<boolean> {
  const before = requests(world, operation);
  await delay(3 * LOOK_MS);
  return requests(world, operation) > before;
}

/** What only a panel does: it takes requests that come to nothing, makes dumps, and keeps what has drafts. */
export const ELEMENT_SCENARIOS: readonly Scenario[] = [
  {
    name: "update that is rolled back",
    ...oneReady,
    act: (world) =>
      patchSpec(world, "one", {
        source: { projectId: SEED.projects.shop, assemblyVersion: BROKEN_VERSION },
      }),
    isDone: async (world) => (await reasonOf(world, "Synced")) === "UpdateRolledBack",
    alsoViolated: async (world) => {
      const isAgain = await isAskedAgain(world, "updateProject");
      await until("the compiler's own words are told", () => tells(world, COMPILE_ERROR));
      return isAgain ? ["a build that had failed was asked for again"] : [];
    },
    calls: 100,
  },
  {
    name: "update after a dump",
    ...oneReady,
    arrange: (world) => apply(world, "one", { backupBeforeUpdate: true }),
    act: (world) => patchSpec(world, "one", world.subject.sized(3)),
    isDone: async (world) => (await readyAndSingle(world)) && isSized(world),
    alsoViolated: async ({ cloud }) => {
      const { entries } = cloud.ledger;
      const dump = entries.find(
        ({ operation, workStatus }) => operation === "createDump" && workStatus === 201,
      );
      const update = entries.find(({ operation }) => operation === "updateProject");
      const isInOrder = dump !== undefined && update !== undefined && dump.seq < update.seq;
      return isInOrder ? [] : ["it was updated without a dump"];
    },
    calls: 120,
  },
  {
    name: "update that leaves it stopped",
    ...oneReady,
    arrange: async (world) => {
      world.panel.perform({ action: "set-settings", stopsAfterUpdate: true });
      await applyOne(world);
    },
    act: (world) => patchSpec(world, "one", world.subject.sized(3)),
    isDone: async (world) => (await readyAndSingle(world)) && isSized(world),
    calls: 120,
  },
  {
    name: "another technology version",
    ...oneReady,
    act: (world) => patchSpec(world, "one", { technologyVersion: "9.2.3" }),
    isDone: async (world) =>
      (await readyAndSingle(world)) && (await statusOf(world))["technologyVersion"] === "9.2.3",
    calls: 100,
  },
  {
    name: "technology version that fails",
    ...oneReady,
    arrange: async (world) => {
      const brokenTechnologies = { "9.2.3": "нет места" };
      world.panel.perform({ action: "set-settings", brokenTechnologies });
      await applyOne(world);
    },
    act: (world) => patchSpec(world, "one", { technologyVersion: "9.2.3" }),
    isDone: async (world) => (await reasonOf(world, "Synced")) === "TechnologyNotChanged",
    alsoViolated: async (world) => {
      const isAgain = await isAskedAgain(world, "updateApplicationsTechnology");
      return isAgain ? ["a technology version that had failed was asked for again"] : [];
    },
    calls: 100,
  },
  {
    name: "delete with drafts that are published later",
    ...oneReady,
    act: async (world) => {
      const application = String((await statusOf(world))["id"]);
      const draft = (hasDrafts: boolean): void =>
        void world.panel.perform({ action: "set-drafts", application, hasDrafts });
      draft(true);
      await remove(world, "one");
      await delay(LOOK_MS);
      draft(false);
    },
    isDone: isOneGone,
    endsGone: true,
    calls: 100,
  },
];
