import { setTimeout as delay } from "node:timers/promises";
import { KubeError } from "../../../src/kube/errors.ts";
import { pathOf } from "../../../src/kube/kube-object.ts";
import { until } from "../../until.ts";
import type { Revision } from "../cluster-history.ts";
import { statusIdOf } from "../invariants/history.ts";
import { INSTANCES, LOOK_MS, QUIET_MS, type World } from "../world.ts";
import { moreCreatesThan } from "./leader-trial.ts";
import type { Trial } from "./trial.ts";
import { deletions, readyAndTwo, readyTwo, STRANGER, tried } from "./wrong-input.ts";

const JOURNAL = "hpc-park.ru/create";
const NOBODY = 987_654;

interface Ids {
  readonly one: number;
  readonly two: number;
  readonly stranger: number;
}

/** What somebody writes into a status or into annotations that only the operator should write. */
interface Forgery {
  readonly name: string;
  readonly forge: (world: World, ids: Ids) => Promise<void>;
  /** What the user takes back; where the operator finds the truth by itself there is nothing to do. */
  readonly revert?: (world: World) => Promise<void>;
  readonly creates?: number;
}

const FORGERIES: readonly Forgery[] = [
  { name: "ids of two swapped", forge: swapIds },
  {
    name: "id of a stranger",
    forge: (world, { stranger }) => forgeStatus(world, "one", { id: stranger }),
  },
  {
    name: "id of a stranger, own one deleted in the panel",
    forge: async (world, { one, stranger }) => {
      await world.kill();
      await forgeStatus(world, "one", { id: stranger });
      world.simulator.perform({ action: "delete", kind: "instance", id: one });
      world.start();
      await delay(QUIET_MS + 2 * LOOK_MS);
    },
    revert: (world) => forgeStatus(world, "one", { id: null }),
    creates: 3,
  },
  { name: "id that nothing has", forge: (world) => forgeStatus(world, "one", { id: NOBODY }) },
  { name: "id taken away", forge: (world) => forgeStatus(world, "one", { id: null }) },
  {
    name: "id of another type",
    forge: async (world) => {
      if (await tried(forgeStatus(world, "one", { id: "x-1" }))) throw new Error("taken");
    },
  },
  { name: "whole status taken away", forge: (world) => forgeStatus(world, "one", null) },
  {
    name: "conditions of another world",
    forge: (world) =>
      forgeStatus(world, "one", { state: "off", gpuCount: 99, observedGeneration: 0 }),
  },
  {
    name: "credential of another",
    forge: (world) => forgeStatus(world, "one", { seenWith: "ffffffff" }),
  },
  ...[
    "",
    "garbage",
    "\u0000",
    "2999-01-01T00:00:00Z attempt=-1",
    "x attempt=9007199254740993 credential=no",
  ].map((journal) => ({
    name: `journal ${JSON.stringify(journal)}`,
    forge: (world: World) => writeJournal(world, journal),
  })),
  { name: "journal taken away", forge: (world) => writeJournal(world, null) },
  {
    name: "journal, id and finalizer taken away",
    forge: async (world) => {
      await world.kill();
      await world.patch(INSTANCES, "one", { metadata: { annotations: null, finalizers: null } });
      await forgeStatus(world, "one", null);
      world.start();
      await until(
        "the finalizer is back",
        async () => (await world.get(INSTANCES, "one"))?.metadata.finalizers !== undefined,
      );
    },
  },
];

/** What makes the operator act on what was forged: a wrong id would then cost another's thing. */
interface Deed {
  readonly name: string;
  readonly act: (world: World) => Promise<void>;
  readonly isDone: (world: World) => Promise<boolean>;
}

const DEEDS: readonly Deed[] = [
  {
    name: "resized",
    act: (world) => world.patch(INSTANCES, "one", { spec: { gpuCount: 2 } }),
    isDone: async (world) => {
      const thing = thingOf(world, "one");
      const isSaid = thing !== undefined && (await idOf(world, "one")) === thing.id;
      return isSaid && thing.gpuCount === 2 && readyAndTwo(world);
    },
  },
  {
    name: "deleted",
    act: (world) => world.remove(INSTANCES, "one"),
    isDone: async (world) =>
      (await world.isGone(INSTANCES, "one")) &&
      thingOf(world, "one") === undefined &&
      world.isReady(INSTANCES, "two"),
  },
];

function forging({ name, forge, revert, creates = 2 }: Forgery, deed: Deed): Trial {
  return {
    name: `forged: ${name}; then ${deed.name}`,
    play: async (world) => {
      const ids = await prepare(world);
      await forge(world, ids);
      await deed.act(world);
      await delay(2 * LOOK_MS);
      await revert?.(world);
      strike(world, "one", [ids.two, ids.stranger, NOBODY]);
      strike(world, "two", [ids.one]);
    },
    isDone: deed.isDone,
    alsoViolated: (world) => [
      ...moreCreatesThan(world, creates),
      ...(deed.name === "deleted" ? [] : deletions(world)),
      ...strangerGone(world),
    ],
  };
}

/** Nothing but the forgery tells of itself. */
function leaving(name: string, forge: Forgery["forge"]): Trial {
  return {
    name: `forged: ${name}; then left alone`,
    play: async (world) => {
      const ids = await prepare(world);
      await forge(world, ids);
      strike(world, "one", [ids.two]);
      strike(world, "two", [ids.one]);
    },
    isDone: async (world) =>
      (await readyAndTwo(world)) &&
      (await idOf(world, "one")) === thingOf(world, "one")?.id &&
      (await idOf(world, "two")) === thingOf(world, "two")?.id,
    alsoViolated: (world) => [...moreCreatesThan(world, 2), ...deletions(world)],
  };
}

export const FORGED_RECORDS: readonly Trial[] = [
  ...FORGERIES.flatMap((forgery) => DEEDS.map((deed) => forging(forgery, deed))),
  leaving("ids of two swapped", swapIds),
  leaving("whole status taken away", (world) => forgeStatus(world, "one", null)),
  {
    name: "label emptied down to its marker in the panel",
    play: async (world) => {
      await prepare(world);
      const { id = 0, label = "" } = thingOf(world, "one") ?? {};
      const marker = label.slice(label.lastIndexOf(" "));
      world.simulator.perform({ action: "set-label", kind: "instance", id, label: marker });
      await world.patch(INSTANCES, "two", { spec: { gpuCount: 2 } });
    },
    isDone: async (world) =>
      (await readyAndTwo(world)) &&
      (await world.get(INSTANCES, "one"))?.status?.["label"] !== `${world.namespace}/one`,
    alsoViolated: (world) => [...moreCreatesThan(world, 2), ...deletions(world)],
  },
];

/** Two that are ready, a stranger, and an operator that knows of them what is written alone. */
async function prepare(world: World): Promise<Ids> {
  await readyTwo(world, {});
  await world.kill();
  const [one, two] = [await idOf(world, "one"), await idOf(world, "two")];
  const ids = { one, two, stranger: makeStranger(world) };
  world.start();
  await until("it is up", () => world.kubeProxy.watches.open === 2);
  await delay(LOOK_MS);
  return ids;
}

function thingOf(
  { simulator, namespace }: World,
  name: string,
): { id: number; label: string; gpuCount: number } | undefined {
  return simulator.park.instances
    .all()
    .find(({ label }) => label.startsWith(`${namespace}/${name} `));
}

function strangerGone({ simulator }: World): string[] {
  const isThere = simulator.park.instances.all().some(({ label }) => label === STRANGER);
  return isThere ? [] : ["the stranger is gone"];
}

/** A forged id stays in the history until the operator puts it right; it was not the operator's word. */
function strike({ history: { revisions } }: World, name: string, ids: readonly number[]): void {
  const isForged = (revision: Revision): boolean =>
    revision.object.metadata.name === name && ids.includes(Number(statusIdOf(revision) ?? 0));
  revisions.splice(0, Infinity, ...revisions.filter((revision) => !isForged(revision)));
}

function makeStranger({ simulator }: World): number {
  const action = "create-instance";
  return Number(simulator.perform({ action, label: STRANGER, token: "ordinary" }).id);
}

async function swapIds(world: World, { one, two }: Ids): Promise<void> {
  await forgeStatus(world, "one", { id: two });
  await forgeStatus(world, "two", { id: one });
}

async function idOf(world: World, name: string): Promise<number> {
  return Number((await world.get(INSTANCES, name))?.status?.id);
}

/**
 * Writes a status as a user might who has the right to. What the object was before is struck from its history, except its beginning:
 * that a status goes back to it is not the operator's doing.
 */
async function forgeStatus(world: World, name: string, status: object | null): Promise<void> {
  const path = `${pathOf(INSTANCES, world.namespace, name)}/status`;
  const answer = await world.kubeProxy.asUser("PATCH", path, { status });
  if (answer.status === 422) throw new KubeError("invalid", answer.body);
  const { metadata }: { metadata: { resourceVersion: string } } = JSON.parse(answer.body);
  const { revisions } = world.history;
  const index = await until("the forgery is in the history", () => {
    const at = revisions.findIndex(
      ({ object }) => object.metadata.resourceVersion === metadata.resourceVersion,
    );
    return at >= 0 && { at };
  });
  const isOld = ({ object }: Revision, at: number): boolean =>
    object.metadata.name === name && at > 0 && at <= index.at;
  const first = revisions.find(({ object }) => object.metadata.name === name);
  const kept = revisions.filter((revision, at) => revision === first || !isOld(revision, at));
  revisions.splice(0, Infinity, ...kept);
}

function writeJournal(world: World, journal: string | null): Promise<void> {
  return world.patch(INSTANCES, "one", { metadata: { annotations: { [JOURNAL]: journal } } });
}
