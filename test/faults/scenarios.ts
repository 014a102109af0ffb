import { setTimeout as delay } from "node:timers/promises";
import { until } from "../until.ts";
import type { Provider } from "./cloud.ts";
import { INSTANCES, LOOK_MS, QUIET_MS, STORAGES, type World } from "./world.ts";

/** One piece of a user's life with the operator. */
export interface Scenario {
  readonly name: string;
  /** Left out: HPC Park. */
  readonly provider?: Provider;
  /** Before the fault: what exists already, made by an operator that nothing disturbs. */
  readonly arrange?: (world: World) => Promise<void>;
  /** Whether what was arranged is there. */
  readonly isArranged?: (world: World) => Promise<boolean>;
  /** What the user, or a person in the panel, does. It is done once, whatever the operator suffers. */
  readonly act: (world: World) => Promise<void>;
  /** Whether everything is as it shall be. */
  readonly isDone: (world: World) => Promise<boolean>;
  /** It ends with the resource gone: a request that takes effect after the quiet time is then beyond the promise. */
  readonly endsGone?: true;
  /** What of this scenario must hold beside the invariants; what does not, each in a sentence. Asked when all is done. */
  readonly alsoViolated?: (world: World) => Promise<readonly string[]>;
  /** No plan may send more remote calls than this. */
  readonly calls: number;
}

const INSTANCE = { containerType: "pytorch", gpuType: "A100", gpuCount: 1, tariffType: "hourly" };
const STORAGE = { storageType: "ssd", sizeGb: 10 };

const oneReady = {
  arrange: (world: World) => world.apply(INSTANCES, "one", INSTANCE),
  isArranged: (world: World) => world.isReady(INSTANCES, "one"),
};

async function readyAndSingle(world: World, ...names: string[]): Promise<boolean> {
  const ready = await Promise.all(names.map((name) => world.isReady(INSTANCES, name)));
  return ready.every(Boolean) && names.every((name) => world.alive(name) === 1);
}

async function goneWithout(world: World, ...names: string[]): Promise<boolean> {
  const gone = await Promise.all(names.map((name) => world.isGone(INSTANCES, name)));
  return gone.every(Boolean) && names.every((name) => world.alive(name) === 0);
}

async function idOf(world: World, name: string): Promise<number> {
  return Number((await world.get(INSTANCES, name))?.status?.id);
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "create",
    act: (world) => world.apply(INSTANCES, "one", INSTANCE),
    isDone: (world) => readyAndSingle(world, "one"),
    calls: 90,
  },
  {
    name: "create with storage",
    act: async (world) => {
      await world.apply(INSTANCES, "one", { ...INSTANCE, storageRefs: [{ name: "data" }] });
      await world.apply(STORAGES, "data", STORAGE);
    },
    isDone: async (world) =>
      (await world.isReady(STORAGES, "data")) &&
      world.alive("data") === 1 &&
      readyAndSingle(world, "one"),
    calls: 120,
  },
  {
    name: "resize",
    ...oneReady,
    act: (world) => world.patch(INSTANCES, "one", { spec: { gpuCount: 4 } }),
    isDone: async (world) =>
      (await readyAndSingle(world, "one")) &&
      (await world.get(INSTANCES, "one"))?.status?.["gpuCount"] === 4,
    calls: 90,
  },
  {
    name: "power off",
    ...oneReady,
    act: (world) => world.patch(INSTANCES, "one", { spec: { power: "Off" } }),
    isDone: async (world) =>
      (await readyAndSingle(world, "one")) &&
      (await world.get(INSTANCES, "one"))?.status?.["power"] === "Off",
    calls: 90,
  },
  {
    name: "delete",
    ...oneReady,
    act: (world) => world.remove(INSTANCES, "one"),
    isDone: (world) => goneWithout(world, "one"),
    endsGone: true,
    calls: 90,
  },
  {
    name: "delete while creating",
    // The operator is idle but awake: the deletion comes while the create request is on its way, or just before.
    arrange: (world) => world.apply(INSTANCES, "other", INSTANCE),
    isArranged: (world) => world.isReady(INSTANCES, "other"),
    act: async (world) => {
      await world.apply(INSTANCES, "one", INSTANCE);
      await until(
        "the journal",
        async () => (await world.get(INSTANCES, "one"))?.metadata.finalizers !== undefined,
      );
      await world.remove(INSTANCES, "one");
    },
    isDone: async (world) => (await goneWithout(world, "one")) && readyAndSingle(world, "other"),
    endsGone: true,
    calls: 120,
  },
  {
    name: "create while lists lag",
    act: async (world) => {
      world.simulator.faults.add({
        match: { method: "GET" },
        effect: { kind: "hide-newest", ms: QUIET_MS / 2, alsoOne: true },
      });
      await world.apply(INSTANCES, "one", INSTANCE);
    },
    isDone: (world) => readyAndSingle(world, "one"),
    calls: 140,
  },
  {
    name: "delete what is old",
    ...oneReady,
    act: async (world) => {
      // Past the quiet time of its creation, so that nothing but the proof keeps the finalizer on.
      await delay(QUIET_MS);
      await world.remove(INSTANCES, "one");
    },
    isDone: (world) => goneWithout(world, "one"),
    calls: 140,
    endsGone: true,
  },
  {
    name: "adopt",
    act: async (world) => {
      const made = world.simulator.perform({
        action: "create-instance",
        label: "by hand",
        token: "ordinary",
      });
      const id = Number(made.id);
      world.adopted.add(id);
      await world.apply(INSTANCES, "one", { ...INSTANCE, gpuCount: 2, adopt: { id } });
    },
    isDone: async (world) =>
      (await world.isReady(INSTANCES, "one")) &&
      world.simulator.park.instances.all()[0]?.gpuCount === 2,
    calls: 90,
  },
  {
    name: "retain",
    arrange: (world) => world.apply(INSTANCES, "one", { ...INSTANCE, deletionPolicy: "Retain" }),
    isArranged: oneReady.isArranged,
    act: (world) => world.remove(INSTANCES, "one"),
    isDone: async (world) => (await world.isGone(INSTANCES, "one")) && world.alive("one") === 1,
    calls: 60,
  },
  {
    name: "delete what is protected",
    arrange: (world) => world.apply(INSTANCES, "one", { ...INSTANCE, deletionProtection: true }),
    isArranged: oneReady.isArranged,
    act: (world) => world.remove(INSTANCES, "one"),
    isDone: async (world) =>
      (await world.says(INSTANCES, "one", "DeletionProtected")) && world.alive("one") === 1,
    calls: 90,
  },
  {
    name: "storage in use",
    arrange: async (world) => {
      await world.apply(STORAGES, "data", STORAGE);
      await world.apply(INSTANCES, "one", { ...INSTANCE, storageRefs: [{ name: "data" }] });
    },
    isArranged: oneReady.isArranged,
    act: async (world) => {
      await world.remove(STORAGES, "data");
      await world.remove(INSTANCES, "one");
    },
    isDone: async (world) =>
      (await goneWithout(world, "one")) &&
      (await world.isGone(STORAGES, "data")) &&
      world.alive("data") === 0,
    endsGone: true,
    calls: 140,
  },
  {
    name: "renamed in the panel",
    ...oneReady,
    act: async (world) => {
      const id = await idOf(world, "one");
      const label = world.simulator.park.instances.get(id)?.label ?? "";
      const marker = label.slice(label.lastIndexOf(" "));
      world.simulator.perform({
        action: "set-label",
        kind: "instance",
        id,
        label: `renamed${marker}`,
      });
      await world.patch(INSTANCES, "one", { spec: { gpuCount: 3 } });
    },
    isDone: async (world) => {
      const [only, ...others] = world.simulator.park.instances.all();
      return (await world.isReady(INSTANCES, "one")) && only?.gpuCount === 3 && others.length === 0;
    },
    calls: 90,
  },
  {
    name: "deleted in the panel",
    ...oneReady,
    act: async (world) => {
      const id = await idOf(world, "one");
      world.simulator.perform({ action: "delete", kind: "instance", id });
    },
    isDone: async (world) => {
      const { entries } = world.simulator.ledger;
      const posts = entries.filter(({ operation }) => operation === "createInstance").length;
      const [only] = world.simulator.park.instances.all();
      return posts > 1 && (await idOf(world, "one")) === only?.id && readyAndSingle(world, "one");
    },
    calls: 160,
  },
  {
    name: "a stranger of the same name",
    arrange: async (world) => {
      const label = `${world.namespace}/one`;
      world.simulator.perform({ action: "create-instance", label, token: "ordinary" });
      await world.apply(INSTANCES, "one", INSTANCE);
    },
    isArranged: oneReady.isArranged,
    act: (world) => world.remove(INSTANCES, "one"),
    isDone: async (world) => {
      const [only] = world.simulator.park.instances.all();
      return (await world.isGone(INSTANCES, "one")) && only?.label === `${world.namespace}/one`;
    },
    endsGone: true,
    calls: 90,
  },
  {
    name: "marker taken off and put back",
    ...oneReady,
    act: async (world) => {
      const id = await idOf(world, "one");
      const label = world.simulator.park.instances.get(id)?.label ?? "";
      const setLabel = (to: string): void =>
        void world.simulator.perform({ action: "set-label", kind: "instance", id, label: to });
      setLabel("nobody's");
      await world.remove(INSTANCES, "one");
      // Long enough for the operator to have touched it, had it wanted to.
      await delay(LOOK_MS);
      setLabel(label);
    },
    isDone: (world) => goneWithout(world, "one"),
    endsGone: true,
    calls: 120,
  },
  {
    name: "token rotated",
    ...oneReady,
    act: async (world) => {
      const { token } = world.simulator.perform({
        action: "add-token",
        name: "fresh",
        master: true,
      });
      await world.setToken(String(token));
      world.simulator.perform({ action: "revoke-token", name: "ordinary" });
      await world.apply(INSTANCES, "two", INSTANCE);
    },
    isDone: (world) => readyAndSingle(world, "one", "two"),
    calls: 160,
  },
  {
    name: "five at once",
    act: async (world) => {
      await Promise.all(
        [1, 2, 3, 4, 5].map((index) => world.apply(INSTANCES, `many-${index}`, INSTANCE)),
      );
    },
    isDone: (world) => readyAndSingle(world, "many-1", "many-2", "many-3", "many-4", "many-5"),
    calls: 160,
  },
];
