import { setTimeout as delay } from "node:timers/promises";
import { KubeError } from "../../../src/kube/errors.ts";
import { pathOf } from "../../../src/kube/kube-object.ts";
import { until } from "../../until.ts";
import type { Revision } from "../cluster-history.ts";
import { statusIdOf } from "../invariants/history.ts";
import type { Thing } from "../subject.ts";
import { LOOK_MS, QUIET_MS, type World } from "../world.ts";
import type { Trial } from "./trial.ts";
import { deletions, readyAndTwo, readyTwo, STRANGER, tried } from "./wrong-input.ts";
import { annotate, moreCreatesThan, patchSpec, remove } from "../things.ts";

type Id = Thing["id"];

interface Ids {
  readonly one: Id;
  readonly two: Id;
  readonly stranger: Id;
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
      world.subject.panel.remove(one);
      world.start();
      await delay(QUIET_MS + 2 * LOOK_MS);
    },
    revert: (world) => forgeStatus(world, "one", { id: null }),
    creates: 3,
  },
  {
    name: "id that nothing has",
    forge: (world) => forgeStatus(world, "one", { id: world.subject.records.nobody }),
  },
  { name: "id taken away", forge: (world) => forgeStatus(world, "one", { id: null }) },
  {
    name: "id of another type",
    forge: async (world) => {
      const { ofOtherType } = world.subject.records;
      if (await tried(forgeStatus(world, "one", { id: ofOtherType }))) throw new Error("taken");
    },
  },
  { name: "whole status taken away", forge: (world) => forgeStatus(world, "one", null) },
  {
    name: "conditions of another world",
    forge: (world) => forgeStatus(world, "one", world.subject.records.elsewhere),
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
      const { type } = world.subject;
      await world.patch(type, "one", { metadata: { annotations: null, finalizers: null } });
      await forgeStatus(world, "one", null);
      world.start();
      await until(
        "the finalizer is back",
        async () => (await world.get(type, "one"))?.metadata.finalizers !== undefined,
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
    act: (world) => patchSpec(world, "one", world.subject.sized(2)),
    isDone: async (world) => {
      const thing = thingOf(world, "one");
      const isSaid = thing !== undefined && (await idOf(world, "one")) === thing.id;
      return isSaid && thing.size === 2 && readyAndTwo(world);
    },
  },
  {
    name: "deleted",
    act: (world) => remove(world, "one"),
    isDone: async (world) =>
      (await world.isGone(world.subject.type, "one")) &&
      thingOf(world, "one") === undefined &&
      world.isReady(world.subject.type, "two"),
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
      strike(world, "one", [ids.two, ids.stranger, world.subject.records.nobody]);
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

export const forgedRecords = (): readonly Trial[] => [
  ...FORGERIES.flatMap((forgery) => DEEDS.map((deed) => forging(forgery, deed))),
  leaving("ids of two swapped", swapIds),
  leaving("whole status taken away", (world) => forgeStatus(world, "one", null)),
  {
    name: "label emptied down to its marker in the panel",
    play: async (world) => {
      await prepare(world);
      const { id = "", label = "" } = thingOf(world, "one") ?? {};
      world.subject.panel.relabel(id, label.slice(label.lastIndexOf(" ")));
      await patchSpec(world, "two", world.subject.sized(2));
    },
    isDone: async (world) => {
      const { type, records } = world.subject;
      const { status } = (await world.get(type, "one")) ?? {};
      return (await readyAndTwo(world)) && status?.[records.label] !== `${world.namespace}/one`;
    },
    alsoViolated: (world) => [...moreCreatesThan(world, 2), ...deletions(world)],
  },
];

/** Two that are ready, a stranger, and an operator that knows of them what is written alone. */
async function prepare(world: World): Promise<Ids> {
  await readyTwo(world, {});
  await world.kill();
  const [one, two] = [await idOf(world, "one"), await idOf(world, "two")];
  const ids = { one, two, stranger: world.subject.panel.make(STRANGER) };
  world.start();
  await until("it is up", () => world.isWatched());
  await delay(LOOK_MS);
  return ids;
}

function thingOf({ subject, namespace }: World, name: string): Thing | undefined {
  return subject.things().find(({ label }) => label.startsWith(`${namespace}/${name} `));
}

function strangerGone({ subject }: World): string[] {
  const isThere = subject.things().some(({ label }) => label === STRANGER);
  return isThere ? [] : ["the stranger is gone"];
}

/** A forged id stays in the history until the operator puts it right; it was not the operator's word. */
function strike({ history: { revisions } }: World, name: string, ids: readonly Id[]): void {
  const isForged = (revision: Revision): boolean =>
    revision.object.metadata.name === name && ids.includes(statusIdOf(revision) ?? "");
  revisions.splice(0, Infinity, ...revisions.filter((revision) => !isForged(revision)));
}

async function swapIds(world: World, { one, two }: Ids): Promise<void> {
  await forgeStatus(world, "one", { id: two });
  await forgeStatus(world, "two", { id: one });
}

async function idOf(world: World, name: string): Promise<Id> {
  return (await world.get(world.subject.type, name))?.status?.id ?? "";
}

/**
 * Writes a status as a user might who has the right to. What the object was before is struck from its history, except its beginning:
 * that a status goes back to it is not the operator's doing.
 */
async function forgeStatus(world: World, name: string, status: object | null): Promise<void> {
  const path = `${pathOf(world.subject.type, world.namespace, name)}/status`;
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
  return annotate(world, "one", { [`${world.cloud.reading.group}/create`]: journal });
}
