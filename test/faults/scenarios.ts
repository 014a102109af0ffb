import { setTimeout as delay } from "node:timers/promises";
import { until } from "../until.ts";
import { ELEMENT_SCENARIOS } from "./element-scenarios.ts";
import { ofEveryProvider } from "./every-provider.ts";
import { HPC_PARK_SCENARIOS } from "./hpc-park-scenarios.ts";
import type { Scenario } from "./scenario.ts";
import type { Size, Thing } from "./subject.ts";
import {
  allReady,
  apply,
  applyAll,
  applyOne,
  createsOf,
  isOneGone,
  named,
  patchSpec,
  readyAndSingle,
  remove,
} from "./things.ts";
import { LOOK_MS, QUIET_MS, type World } from "./world.ts";

const oneReady = { arrange: applyOne, isArranged: readyAndSingle };

function onlyOf({ subject }: World): Thing {
  const [only] = subject.things();
  if (only === undefined) throw new Error("there is nothing");
  return only;
}

function markerOf({ label }: Thing): string {
  return label.slice(label.lastIndexOf(" "));
}

async function isShown(world: World, wanted: { size?: Size; isOn?: boolean }): Promise<boolean> {
  const { type, isShown: isSaid } = world.subject;
  return isSaid((await world.get(type, "one"))?.status ?? {}, wanted);
}

/** What a user does, whatever the provider. */
const COURSES: readonly Scenario[] = [
  {
    name: "create",
    act: applyOne,
    isDone: readyAndSingle,
    calls: 90,
  },
  {
    name: "resize",
    ...oneReady,
    act: (world) => patchSpec(world, "one", world.subject.sized(4)),
    isDone: async (world) => (await readyAndSingle(world)) && isShown(world, { size: 4 }),
    calls: 90,
  },
  {
    name: "power off",
    ...oneReady,
    act: (world) => patchSpec(world, "one", world.subject.power.off),
    isDone: async (world) => (await readyAndSingle(world)) && isShown(world, { isOn: false }),
    calls: 90,
  },
  {
    name: "delete",
    ...oneReady,
    act: (world) => remove(world, "one"),
    isDone: isOneGone,
    endsGone: true,
    calls: 90,
  },
  {
    name: "delete while creating",
    // The operator is idle but awake: the deletion comes while the create request is on its way, or just before.
    arrange: (world) => apply(world, "other"),
    isArranged: (world) => allReady(world, ["other"]),
    act: async (world) => {
      await applyOne(world);
      await until("the journal", async () => {
        const one = await world.get(world.subject.type, "one");
        return one?.metadata.finalizers !== undefined;
      });
      await remove(world, "one");
    },
    isDone: async (world) => (await isOneGone(world)) && allReady(world, ["other"]),
    endsGone: true,
    calls: 120,
  },
  {
    name: "create while lists lag",
    act: async (world) => {
      world.cloud.faults.add({
        match: { method: "GET" },
        effect: { kind: "hide-newest", ms: QUIET_MS / 2, alsoOne: true },
      });
      await applyOne(world);
    },
    isDone: readyAndSingle,
    calls: 140,
  },
  {
    name: "delete what is old",
    ...oneReady,
    act: async (world) => {
      // Past the quiet time of its creation, so that nothing but the proof keeps the finalizer on.
      await delay(QUIET_MS);
      await remove(world, "one");
    },
    isDone: isOneGone,
    calls: 140,
    endsGone: true,
  },
  {
    name: "adopt",
    act: async (world) => {
      const { type, panel, adopting, sized } = world.subject;
      const id = panel.make("by hand");
      world.adopted.add(id);
      await world.apply(type, "one", { ...adopting(id), ...sized(2) });
    },
    isDone: async (world) =>
      (await world.isReady(world.subject.type, "one")) && onlyOf(world).size === 2,
    calls: 90,
  },
  {
    name: "retain",
    arrange: (world) => apply(world, "one", { deletionPolicy: "Retain" }),
    isArranged: readyAndSingle,
    act: (world) => remove(world, "one"),
    isDone: async (world) =>
      (await world.isGone(world.subject.type, "one")) && world.alive("one") === 1,
    calls: 60,
  },
  {
    name: "delete what is protected",
    arrange: (world) => apply(world, "one", { deletionProtection: true }),
    isArranged: readyAndSingle,
    act: (world) => remove(world, "one"),
    isDone: async (world) =>
      (await world.says(world.subject.type, "one", "DeletionProtected")) &&
      world.alive("one") === 1,
    calls: 90,
  },
  {
    name: "renamed in the panel",
    ...oneReady,
    act: async (world) => {
      const only = onlyOf(world);
      world.subject.panel.relabel(only.id, `renamed${markerOf(only)}`);
      await patchSpec(world, "one", world.subject.sized(3));
    },
    isDone: async (world) => {
      const [only, ...others] = world.subject.things();
      const isReady = await world.isReady(world.subject.type, "one");
      return isReady && only?.size === 3 && others.length === 0;
    },
    calls: 90,
  },
  {
    name: "deleted in the panel",
    ...oneReady,
    act: async (world) => world.subject.panel.remove(onlyOf(world).id),
    isDone: async (world) => {
      const id = (await world.get(world.subject.type, "one"))?.status?.id;
      const [only] = world.subject.things();
      return createsOf(world) > 1 && id === only?.id && readyAndSingle(world);
    },
    calls: 160,
  },
  {
    name: "a stranger of the same name",
    arrange: async (world) => {
      world.subject.panel.make(`${world.namespace}/one`);
      await applyOne(world);
    },
    isArranged: (world) => world.isReady(world.subject.type, "one"),
    act: (world) => remove(world, "one"),
    isDone: async (world) => {
      const [only] = world.subject.things();
      const isGone = await world.isGone(world.subject.type, "one");
      return isGone && only?.label === `${world.namespace}/one`;
    },
    endsGone: true,
    calls: 90,
  },
  {
    name: "marker taken off and put back",
    ...oneReady,
    act: async (world) => {
      const { id, label } = onlyOf(world);
      world.subject.panel.relabel(id, "nobody's");
      await remove(world, "one");
      // Long enough for the operator to have touched it, had it wanted to.
      await delay(LOOK_MS);
      world.subject.panel.relabel(id, label);
    },
    isDone: isOneGone,
    endsGone: true,
    calls: 120,
  },
  {
    name: "credential replaced",
    ...oneReady,
    act: async (world) => {
      await world.cloud.credential.replace(world);
      await apply(world, "two");
    },
    isDone: (world) => allReady(world, ["one", "two"]),
    calls: 160,
  },
  {
    name: "five at once",
    act: (world) => applyAll(world, named(5)),
    isDone: (world) => allReady(world, named(5)),
    calls: 160,
  },
];

export const SCENARIOS: readonly Scenario[] = ofEveryProvider(() => [
  ...COURSES,
  ...HPC_PARK_SCENARIOS,
  ...ELEMENT_SCENARIOS,
]);
