import { setTimeout as delay } from "node:timers/promises";
import { pathOf } from "../../../src/kube/kube-object.ts";
import { until } from "../../until.ts";
import type { MessageProxy } from "../message-proxy.ts";
import { FrozenView } from "../watch-gate.ts";
import { LOOK_MS, QUIET_MS, type World } from "../world.ts";
import { readyOne } from "./api-server.ts";
import { type CountedTrial, countedTrial, hideNewest, laggingLists } from "./lagging-lists.ts";
import type { Trial } from "./trial.ts";
import {
  apply,
  applyOne,
  isOneGone,
  patchSpec,
  posted,
  readyAndSingle,
  remove,
} from "../things.ts";

/** Long enough for the operator to do whatever it would do. */
const A_WHILE_MS = 4 * LOOK_MS;

/** @param isSingleOld Whether reads of one object are old too; those of a real API server are never, where they name no version. */
function freeze(world: World, isSingleOld = false): Promise<FrozenView> {
  const { collections } = world.subject;
  const paths = collections.map((type) => pathOf(type, world.namespace));
  return FrozenView.of(world.kubeProxy, paths, { isSingleOld });
}

/** The operator is gone, and another one comes up that talks to an API server left behind; in the end that one catches up. */
async function moveTo(world: World, view: FrozenView): Promise<void> {
  await world.kill();
  const { proxy, environment } = await world.anotherKubeProxy();
  proxy.onRequest = view.answer;
  world.startAnother(environment);
  await until("it watches", () => world.isWatched(proxy));
  await delay(A_WHILE_MS + QUIET_MS);
  thaw(proxy);
}

function thaw(proxy: MessageProxy): void {
  proxy.onRequest = () => "pass";
  proxy.watches.end();
}

/** An operator that is up and has seen all there is. */
async function startWithOther(world: World): Promise<void> {
  world.start();
  await apply(world, "other");
  await until("other is ready", () => world.isReady(world.subject.type, "other"));
}

async function whileHeld(
  { kubeProxy: { watches } }: World,
  act: () => Promise<void>,
): Promise<void> {
  watches.onLine = () => "hold";
  await act();
  await delay(A_WHILE_MS);
  watches.release();
}

async function oldUidOnItsWayOut(world: World): Promise<void> {
  await readyOne(world);
  await world.kill();
  await remove(world, "one");
  const view = await freeze(world);
  world.start();
  await until("one is gone", () => isOneGone(world));
  await applyOne(world);
  await until("the new one is ready", () => readyAndSingle(world));
  await moveTo(world, view);
}

async function beforeItsId(world: World): Promise<void> {
  const views: FrozenView[] = [];
  const { reading } = world.cloud;
  world.cloudProxy.onRequest = async (message): Promise<"pass"> => {
    if (reading.isCreate(message)) views.push(await freeze(world, true));
    return "pass";
  };
  await readyOne(world);
  const [view] = views;
  if (view === undefined) throw new Error("no create request passed");
  await moveTo(world, view);
}

async function beforeItsJournal(world: World, hiddenMs: number): Promise<void> {
  await applyOne(world);
  const view = await freeze(world, true);
  world.start();
  await until("one is ready", () => readyAndSingle(world));
  if (hiddenMs > 0) hideNewest(world, hiddenMs, { alsoOne: true });
  await moveTo(world, view);
}

async function oldSpec(world: World): Promise<void> {
  await readyOne(world);
  const view = await freeze(world);
  await patchSpec(world, "one", world.subject.sized(4));
  await until("it has grown", () => sizeOf(world) === 4);
  await moveTo(world, view);
}

/** Everything was decided; only what the object says now can still stop the request. */
async function protectAtLast(world: World): Promise<void> {
  await readyOne(world);
  const path = pathOf(world.subject.type, world.namespace, "one");
  let isProtected = false;
  world.kubeProxy.onRequest = async (message): Promise<"pass"> => {
    if (message.method === "GET" && message.path === path && !isProtected) {
      await patchSpec(world, "one", { deletionProtection: true });
      isProtected = true;
    }
    return "pass";
  };
  await remove(world, "one");
  await until("it is protected", () => isProtected);
}

function sizeOf({ subject }: World): unknown {
  return subject.things()[0]?.size;
}

/** What the operator wrote itself does not come back to it for longer than a create request may take effect. */
async function holdOwnWrites(
  world: World,
  between: () => void,
  isReversed: boolean,
): Promise<void> {
  await startWithOther(world);
  const { watches } = world.kubeProxy;
  watches.onLine = ({ type, name }) => (type === "MODIFIED" && name === "one" ? "hold" : "pass");
  await applyOne(world);
  await posted(world, 2);
  await delay(QUIET_MS);
  between();
  await delay(QUIET_MS + 2 * LOOK_MS);
  watches.release({ isReversed });
}

function panelDelete({ subject }: World): void {
  const newest = subject.things().at(-1);
  if (newest !== undefined) subject.panel.remove(newest.id);
}

const COURSES: readonly CountedTrial[] = [
  {
    name: "events held between create and delete",
    play: async (world) => {
      await readyOne(world);
      await whileHeld(world, () => remove(world, "one"));
    },
    isDone: isOneGone,
    creates: 1,
    deletes: 1,
  },
  {
    name: "created and deleted behind held events",
    play: async (world) => {
      await startWithOther(world);
      await whileHeld(world, async () => {
        await applyOne(world);
        await remove(world, "one");
      });
    },
    isDone: isOneGone,
    creates: 1,
  },
  {
    name: "API server left behind: old uid on its way out",
    play: oldUidOnItsWayOut,
    creates: 2,
    deletes: 1,
  },
  {
    name: "protected while the object is read for the last time",
    play: protectAtLast,
    isDone: async (world) =>
      (await world.says(world.subject.type, "one", "DeletionProtected")) &&
      world.alive("one") === 1,
    creates: 1,
  },
  { name: "API server left behind: before the id", play: beforeItsId, creates: 1 },
  {
    name: "API server left behind: before the journal",
    play: (world) => beforeItsJournal(world, 0),
    creates: 1,
  },
  {
    name: "API server left behind: before the journal, the provider too",
    play: (world) => beforeItsJournal(world, QUIET_MS + 2 * A_WHILE_MS),
    creates: 1,
  },
  {
    name: "API server left behind: before the spec was changed",
    play: oldSpec,
    isDone: async (world) => (await readyAndSingle(world)) && sizeOf(world) === 4,
    creates: 1,
  },
  {
    name: "own writes not seen",
    play: (world) => holdOwnWrites(world, () => undefined, false),
    creates: 2,
  },
  {
    name: "own writes seen in the wrong order",
    play: (world) => holdOwnWrites(world, () => undefined, true),
    creates: 2,
  },
  {
    name: "own writes not seen, and deleted in the panel",
    play: (world) => holdOwnWrites(world, () => panelDelete(world), false),
    creates: 3,
  },
];

export const staleViews = (): readonly Trial[] => [...COURSES.map(countedTrial), ...laggingLists()];
