import { INSTANCES, type World } from "../world.ts";
import { createsOf, INSTANCE } from "./leader-trial.ts";
import { strikeRelease } from "./strike-release.ts";

const PAUSED = "hpc-park.ru/paused";

/** Something that people do while the operator does not see it. */
export interface Change {
  readonly name: string;
  /** Of the instance that is there before; null where there is none. */
  readonly spec?: Readonly<Record<string, unknown>> | null;
  readonly make: (world: World) => Promise<void>;
  readonly isDone: (world: World) => Promise<boolean>;
  /** How many create requests there may be in all; by default one. */
  readonly creates?: number;
}

export const CHANGES: readonly Change[] = [
  {
    name: "create and delete",
    spec: null,
    make: async (world) => {
      await world.apply(INSTANCES, "one", INSTANCE);
      await world.remove(INSTANCES, "one");
    },
    isDone: isOneGone,
    creates: 0,
  },
  {
    name: "power off and on",
    make: async (world) => {
      await patchSpec(world, { power: "Off" });
      await patchSpec(world, { power: "On" });
    },
    isDone: (world) => isOne(world, { state: "on", gpuCount: 1 }),
  },
  {
    name: "power off",
    make: (world) => patchSpec(world, { power: "Off" }),
    isDone: (world) => isOne(world, { state: "off", gpuCount: 1 }),
  },
  {
    name: "resize and revert",
    make: async (world) => {
      await patchSpec(world, { gpuCount: 4 });
      await patchSpec(world, { gpuCount: 1 });
    },
    isDone: (world) => isOne(world, { state: "on", gpuCount: 1 }),
  },
  {
    name: "delete",
    make: (world) => world.remove(INSTANCES, "one"),
    isDone: isOneGone,
  },
  {
    name: "delete by force and recreate",
    make: recreateByForce,
    isDone: (world) => isOne(world, { state: "on", gpuCount: 2 }),
  },
  {
    name: "Retain, then delete",
    make: async (world) => {
      await patchSpec(world, { deletionPolicy: "Retain" });
      await world.remove(INSTANCES, "one");
    },
    isDone: async (world) => (await world.isGone(INSTANCES, "one")) && world.alive("one") === 1,
  },
  {
    name: "no longer Retain, then delete",
    spec: { deletionPolicy: "Retain" },
    make: async (world) => {
      await patchSpec(world, { deletionPolicy: "Delete" });
      await world.remove(INSTANCES, "one");
    },
    isDone: isOneGone,
  },
  {
    name: "pause, resize, go on",
    make: async (world) => {
      await annotate(world, { [PAUSED]: "true" });
      await patchSpec(world, { gpuCount: 2 });
      await annotate(world, { [PAUSED]: null });
    },
    isDone: (world) => isOne(world, { state: "on", gpuCount: 2 }),
  },
  {
    name: "pause and delete",
    make: async (world) => {
      await annotate(world, { [PAUSED]: "true" });
      await world.remove(INSTANCES, "one");
    },
    isDone: async (world) => {
      const object = await world.get(INSTANCES, "one");
      const synced = object?.status?.conditions?.find(({ type }) => type === "Synced");
      return synced?.reason === "Paused" && world.alive("one") === 1;
    },
  },
  {
    name: "label edited in the panel",
    make: async (world) => {
      const { id, label } = onlyOf(world);
      const marker = label.slice(label.lastIndexOf(" "));
      void world.simulator.perform({
        action: "set-label",
        kind: "instance",
        id,
        label: `mine${marker}`,
      });
      await patchSpec(world, { gpuCount: 2 });
    },
    isDone: (world) => isOne(world, { state: "on", gpuCount: 2, label: /^mine / }),
  },
  {
    name: "switched off in the panel",
    make: async (world) =>
      void world.simulator.perform({ action: "set-power", id: onlyOf(world).id, power: "off" }),
    isDone: (world) => isOne(world, { state: "on", gpuCount: 1 }),
  },
  {
    name: "deleted in the panel",
    make: async (world) =>
      void world.simulator.perform({ action: "delete", kind: "instance", id: onlyOf(world).id }),
    isDone: async (world) => createsOf(world) === 2 && isOne(world, { state: "on", gpuCount: 1 }),
    creates: 2,
  },
  {
    name: "deleted in the panel and in the cluster",
    make: async (world) => {
      void world.simulator.perform({ action: "delete", kind: "instance", id: onlyOf(world).id });
      await world.remove(INSTANCES, "one");
    },
    isDone: isOneGone,
    // Where only the panel's half of it is seen, the thing may be wanted anew.
    creates: 2,
  },
];

/** The finalizer is taken off by hand, so the thing lives on, and the namesake finds it. */
async function recreateByForce(world: World): Promise<void> {
  await world.patch(INSTANCES, "one", { metadata: { finalizers: [] } });
  await world.remove(INSTANCES, "one");
  await strikeRelease(world, "one");
  await world.apply(INSTANCES, "one", { ...INSTANCE, gpuCount: 2 });
}

async function isOne(
  world: World,
  wanted: { state: string; gpuCount: number; label?: RegExp },
): Promise<boolean> {
  const [only, ...others] = world.simulator.park.instances.all();
  if (only === undefined || others.length > 0 || !(await world.isReady(INSTANCES, "one")))
    return false;
  const { gpuCount, state } = (await world.get(INSTANCES, "one"))?.status ?? {};
  const isSo = only.life.settled === wanted.state && only.gpuCount === wanted.gpuCount;
  const isSeen = state === wanted.state && gpuCount === wanted.gpuCount;
  return isSo && isSeen && (wanted.label?.test(only.label) ?? true);
}

async function isOneGone(world: World): Promise<boolean> {
  return (
    (await world.isGone(INSTANCES, "one")) && world.simulator.park.instances.all().length === 0
  );
}

function onlyOf({ simulator }: World): { id: number; label: string } {
  const [only] = simulator.park.instances.all();
  if (only === undefined) throw new Error("there is no instance");
  return only;
}

function patchSpec(world: World, spec: object): Promise<void> {
  return world.patch(INSTANCES, "one", { spec });
}

function annotate(world: World, annotations: object): Promise<void> {
  return world.patch(INSTANCES, "one", { metadata: { annotations } });
}
