import { setTimeout as delay } from "node:timers/promises";
import { BROKEN_VERSION, COMPILE_ERROR, SEED } from "../../src/embedded/element/seed.ts";
import { until } from "../until.ts";
import { APPLICATIONS, CONSOLE } from "./cloud.ts";
import type { Scenario } from "./scenarios.ts";
import { LOOK_MS, type World } from "./world.ts";

const provider = "element";
const source = (assemblyVersion: string): object => ({
  projectId: SEED.projects.shop,
  assemblyVersion,
});

function shop(changes: object = {}): object {
  return {
    consoleRef: { name: CONSOLE },
    publicationContext: "shop",
    source: source("1.0-9"),
    ...changes,
  };
}

const shopReady = {
  provider,
  arrange: (world: World) => world.apply(APPLICATIONS, "shop", shop()),
  isArranged: (world: World) => isReadyAndSingle(world),
} as const;

async function isReadyAndSingle(world: World): Promise<boolean> {
  return (await world.isReady(APPLICATIONS, "shop")) && world.alive("shop") === 1;
}

async function isGone(world: World): Promise<boolean> {
  return (await world.isGone(APPLICATIONS, "shop")) && world.alive("shop") === 0;
}

async function statusOf(world: World): Promise<Readonly<Record<string, unknown>>> {
  return (await world.get(APPLICATIONS, "shop"))?.status ?? {};
}

async function reasonOf(world: World, type: string): Promise<string | undefined> {
  const object = await world.get(APPLICATIONS, "shop");
  const { observedGeneration, conditions } = object?.status ?? {};
  if (observedGeneration !== object?.metadata.generation) return undefined;
  return conditions?.find((one) => one.type === type)?.reason;
}

/** A fault that comes late may have put other words in their place for a moment. */
async function tells(world: World, words: string): Promise<boolean> {
  const object = await world.get(APPLICATIONS, "shop");
  return JSON.stringify(object?.status?.conditions ?? "").includes(words);
}

function requests(world: World, name: string): number {
  return world.cloud.ledger.entries.filter(
    ({ source: from, operation }) => from === "api" && operation === name,
  ).length;
}

/** A stranger's application, which must still be there, untouched, at the end. */
function makeStranger(world: World): void {
  world.panel.perform({
    action: "create-application",
    context: "strangers",
    description: `${world.namespace}/shop`,
  });
}

function hasStranger(world: World): boolean {
  return world.panel.panel.applications
    .all()
    .some(({ description }) => description === `${world.namespace}/shop`);
}

export const ELEMENT_SCENARIOS: readonly Scenario[] = [
  {
    name: "application: create",
    provider,
    act: (world) => world.apply(APPLICATIONS, "shop", shop()),
    isDone: isReadyAndSingle,
    calls: 160,
  },
  {
    name: "application: delete",
    ...shopReady,
    act: (world) => world.remove(APPLICATIONS, "shop"),
    isDone: isGone,
    endsGone: true,
    calls: 160,
  },
  {
    name: "application: update",
    ...shopReady,
    act: (world) => world.patch(APPLICATIONS, "shop", { spec: { source: source("1.0-42") } }),
    isDone: async (world) =>
      (await isReadyAndSingle(world)) && (await statusOf(world))["appliedVersion"] === "1.0-42",
    calls: 200,
  },
  {
    name: "application: update that is rolled back",
    ...shopReady,
    act: (world) => world.patch(APPLICATIONS, "shop", { spec: { source: source(BROKEN_VERSION) } }),
    isDone: async (world) => (await reasonOf(world, "Synced")) === "UpdateRolledBack",
    alsoViolated: async (world) => {
      // Each of these may have been asked for before its failure could be seen; afterwards there is nothing to ask for.
      const before = requests(world, "updateProject");
      await delay(3 * LOOK_MS);
      const isAskedAgain = requests(world, "updateProject") > before;
      await until("the compiler's own words are told", () => tells(world, COMPILE_ERROR));
      return isAskedAgain ? ["a build that had failed was asked for again"] : [];
    },
    calls: 200,
  },
  {
    name: "application: update after a dump",
    ...shopReady,
    arrange: (world) => world.apply(APPLICATIONS, "shop", shop({ backupBeforeUpdate: true })),
    act: (world) => world.patch(APPLICATIONS, "shop", { spec: { source: source("1.0-42") } }),
    isDone: async (world) =>
      (await isReadyAndSingle(world)) && (await statusOf(world))["appliedVersion"] === "1.0-42",
    alsoViolated: async (world) => {
      const { entries } = world.cloud.ledger;
      const dump = entries.find(
        ({ operation, workStatus }) => operation === "createDump" && workStatus === 201,
      );
      const update = entries.find(({ operation }) => operation === "updateProject");
      const isInOrder = dump !== undefined && update !== undefined && dump.seq < update.seq;
      return isInOrder ? [] : ["it was updated without a dump"];
    },
    calls: 240,
  },
  {
    name: "application: stop",
    ...shopReady,
    act: (world) => world.patch(APPLICATIONS, "shop", { spec: { power: "Stopped" } }),
    isDone: async (world) =>
      (await isReadyAndSingle(world)) && (await statusOf(world))["status"] === "Stopped",
    calls: 160,
  },
  {
    name: "application: adopt",
    provider,
    act: async (world) => {
      const { id = "" } = world.panel.perform({ action: "create-application", context: "old" });
      world.adopted.add(id);
      await world.apply(APPLICATIONS, "shop", {
        consoleRef: { name: CONSOLE },
        adopt: { id },
        power: "Stopped",
      });
    },
    isDone: async (world) =>
      (await world.isReady(APPLICATIONS, "shop")) &&
      (await statusOf(world))["status"] === "Stopped",
    calls: 160,
  },
  {
    name: "application: delete with drafts that are published later",
    ...shopReady,
    act: async (world) => {
      const application = String((await statusOf(world))["id"]);
      const draft = (hasDrafts: boolean): void =>
        void world.panel.perform({ action: "set-drafts", application, hasDrafts });
      draft(true);
      await world.remove(APPLICATIONS, "shop");
      await delay(LOOK_MS);
      draft(false);
    },
    isDone: isGone,
    endsGone: true,
    calls: 200,
  },
  {
    name: "application: deleted in the panel",
    ...shopReady,
    arrange: (world) => world.apply(APPLICATIONS, "shop", shop({ recreatePolicy: "Always" })),
    act: async (world) => {
      const application = String((await statusOf(world))["id"]);
      world.panel.perform({ action: "delete-application", application });
    },
    isDone: async (world) => requests(world, "createApplication") > 1 && isReadyAndSingle(world),
    calls: 240,
  },
  {
    name: "application: a stranger of the same name",
    ...shopReady,
    arrange: async (world) => {
      makeStranger(world);
      await world.apply(APPLICATIONS, "shop", shop());
    },
    act: (world) => world.remove(APPLICATIONS, "shop"),
    isDone: async (world) => (await world.isGone(APPLICATIONS, "shop")) && hasStranger(world),
    endsGone: true,
    calls: 160,
  },
];
