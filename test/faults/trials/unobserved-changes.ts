import type { Size, Thing } from "../subject.ts";
import type { World } from "../world.ts";
import { strikeRelease } from "./strike-release.ts";
import { annotate, apply, applyOne, createsOf, isOneGone, patchSpec, remove } from "../things.ts";

/** Something that people do while the operator does not see it. */
export interface Change {
  readonly name: string;
  /** Of the one that is there before; null where there is none. */
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
      await applyOne(world);
      await remove(world, "one");
    },
    isDone: isOneGone,
    creates: 0,
  },
  {
    name: "power off and on",
    make: async (world) => {
      const { on, off } = world.subject.power;
      await patchSpec(world, "one", off);
      await patchSpec(world, "one", on);
    },
    isDone: (world) => isOne(world, {}),
  },
  {
    name: "power off",
    make: (world) => patchSpec(world, "one", world.subject.power.off),
    isDone: (world) => isOne(world, { isOn: false }),
  },
  {
    name: "resize and revert",
    make: async (world) => {
      await patchSpec(world, "one", world.subject.sized(4));
      await patchSpec(world, "one", world.subject.sized(1));
    },
    isDone: (world) => isOne(world, {}),
  },
  {
    name: "delete",
    make: (world) => remove(world, "one"),
    isDone: isOneGone,
  },
  {
    name: "delete by force and recreate",
    make: recreateByForce,
    isDone: (world) => isOne(world, { size: 2 }),
  },
  {
    name: "Retain, then delete",
    make: async (world) => {
      await patchSpec(world, "one", { deletionPolicy: "Retain" });
      await remove(world, "one");
    },
    isDone: async (world) =>
      (await world.isGone(world.subject.type, "one")) && world.alive("one") === 1,
  },
  {
    name: "no longer Retain, then delete",
    spec: { deletionPolicy: "Retain" },
    make: async (world) => {
      await patchSpec(world, "one", { deletionPolicy: "Delete" });
      await remove(world, "one");
    },
    isDone: isOneGone,
  },
  {
    name: "pause, resize, go on",
    make: async (world) => {
      await pause(world, "true");
      await patchSpec(world, "one", world.subject.sized(2));
      await pause(world, null);
    },
    isDone: (world) => isOne(world, { size: 2 }),
  },
  {
    name: "pause and delete",
    make: async (world) => {
      await pause(world, "true");
      await remove(world, "one");
    },
    isDone: async (world) => {
      const object = await world.get(world.subject.type, "one");
      const synced = object?.status?.conditions?.find(({ type }) => type === "Synced");
      return synced?.reason === "Paused" && world.alive("one") === 1;
    },
  },
  {
    name: "label edited in the panel",
    make: async (world) => {
      const { id, label } = onlyOf(world);
      const marker = label.slice(label.lastIndexOf(" "));
      world.subject.panel.relabel(id, `mine${marker}`);
      await patchSpec(world, "one", world.subject.sized(2));
    },
    isDone: (world) => isOne(world, { size: 2, label: /^mine / }),
  },
  {
    name: "switched off in the panel",
    make: async (world) => world.subject.panel.switchOff(onlyOf(world).id),
    isDone: (world) => isOne(world, {}),
  },
  {
    name: "deleted in the panel",
    make: async (world) => world.subject.panel.remove(onlyOf(world).id),
    isDone: async (world) => createsOf(world) === 2 && isOne(world, {}),
    creates: 2,
  },
  {
    name: "deleted in the panel and in the cluster",
    make: async (world) => {
      world.subject.panel.remove(onlyOf(world).id);
      await remove(world, "one");
    },
    isDone: isOneGone,
    // Where only the panel's half of it is seen, the thing may be wanted anew.
    creates: 2,
  },
];

/** The finalizer is taken off by hand, so the thing lives on, and the namesake finds it. */
async function recreateByForce(world: World): Promise<void> {
  await world.patch(world.subject.type, "one", { metadata: { finalizers: [] } });
  await remove(world, "one");
  await strikeRelease(world, "one");
  await apply(world, "one", world.subject.sized(2));
}

async function isOne(
  world: World,
  { size = 1, isOn = true, label }: { size?: Size; isOn?: boolean; label?: RegExp },
): Promise<boolean> {
  const { subject } = world;
  const [only, ...others] = subject.things();
  if (only === undefined || others.length > 0 || !(await world.isReady(subject.type, "one")))
    return false;
  const { status = {} } = (await world.get(subject.type, "one")) ?? {};
  const isSo = only.isOn === isOn && only.size === size;
  const isSeen = subject.isShown(status, { size, isOn });
  return isSo && isSeen && (label?.test(only.label) ?? true);
}

function onlyOf({ subject }: World): Thing {
  const [only] = subject.things();
  if (only === undefined) throw new Error("there is nothing");
  return only;
}

function pause(world: World, value: string | null): Promise<void> {
  return annotate(world, "one", { [`${world.cloud.reading.group}/paused`]: value });
}
