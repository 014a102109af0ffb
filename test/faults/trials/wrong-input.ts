import { setTimeout as delay } from "node:timers/promises";
import { KubeError } from "../../../src/kube/errors.ts";
import { until } from "../../until.ts";
import { INSTANCES, LOOK_MS, QUIET_MS, type World } from "../world.ts";
import { INSTANCE, moreCreatesThan } from "./leader-trial.ts";
import type { Trial } from "./trial.ts";

/** The label of a thing that is nobody's. */
export const STRANGER = "stranger";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPmC you@host";
const LONG = "x".repeat(65_536);
/** Long enough for the operator to take up a value. */
const STEP_MS = LOOK_MS / 2;

interface Field {
  readonly name: string;
  /** Of the instance before; the value that is right, and that everything returns to. */
  readonly right: unknown;
  /** Another right one, to flip to before the operator sees it. */
  readonly other: unknown;
  /** Values that are wrong, at the border, or may not be taken up later; null takes the field away. */
  readonly odd: readonly unknown[];
}

const TEXTS = [null, "", " ", "ы😀́", "a\nb", LONG, 7];

const FIELDS: readonly Field[] = [
  {
    name: "label",
    right: undefined,
    other: "yours",
    odd: [...TEXTS, "y".repeat(180), "k8s-aaaaaaaaaaaa"],
  },
  { name: "containerType", right: "pytorch", other: "tensorflow", odd: TEXTS },
  { name: "gpuType", right: "A100", other: "H100", odd: TEXTS },
  { name: "gpuCount", right: 1, other: 2, odd: [null, -1, 0, 1024, 1025, 1.5, 2 ** 53, "1"] },
  { name: "tariffType", right: "hourly", other: "monthly", odd: TEXTS },
  { name: "namespaceId", right: undefined, other: 1, odd: [0, 1, -1, 2 ** 53, "1"] },
  { name: "storageIds", right: [], other: [7], odd: [null, [0], [-1], [9_999], [7, 7], "7"] },
  {
    name: "storageRefs",
    right: [],
    other: [{ name: "none" }],
    odd: [null, [{ name: "none" }], [{ name: "Ы" }], [{ name: "../one" }], [{ name: LONG }], [{}]],
  },
  {
    name: "ssh",
    right: undefined,
    other: { enabled: true, key: KEY },
    odd: [
      { enabled: true },
      { enabled: true, key: LONG },
      { enabled: "yes" },
      { enabled: true, key: "ы" },
    ],
  },
  { name: "power", right: "On", other: "Off", odd: [null, "", "on", true, LONG] },
  { name: "deletionPolicy", right: "Delete", other: "Retain", odd: [null, "", "delete", LONG] },
  { name: "managementPolicy", right: "Full", other: "ObserveOnly", odd: [null, "", "full", LONG] },
  { name: "recreatePolicy", right: "Always", other: "Never", odd: [null, "", "always", LONG] },
  {
    name: "adopt",
    right: undefined,
    other: { id: 9_999 },
    odd: [{ id: 0 }, { id: 9_999 }, { id: 2 ** 53 }, {}],
  },
];

/** A field of an instance that runs: each odd value, and back; then two flips that nobody sees. It costs no second instance. */
function changing({ name, right, other, odd }: Field): Trial {
  const set = (world: World, value: unknown): Promise<boolean> =>
    tried(world.patch(INSTANCES, "one", { spec: { [name]: value ?? null } }));
  return {
    name: `wrong input: ${name} of an instance that runs`,
    play: async (world) => {
      await readyTwo(world, { [name]: right });
      for (const value of odd) {
        if (await set(world, value)) await delay(STEP_MS);
        if (!(await set(world, right))) throw new Error(`${name} cannot be put back`);
      }
      world.kubeProxy.watches.onLine = () => "hold";
      for (const value of [other, right, other, right]) await set(world, value);
      world.kubeProxy.watches.release();
    },
    isDone: readyAndTwo,
    alsoViolated: (world) => [...moreCreatesThan(world, 2), ...deletions(world)],
    bounds: { calls: 400 },
    limitMs: 20_000,
  };
}

/** A field at birth: each odd value in a resource of its own, which is refused, or comes to one instance, or says why not. */
function beginning({ name, odd }: Field): Trial {
  return {
    name: `wrong input: ${name} from the beginning`,
    play: async (world) => {
      world.start();
      for (const [index, value] of odd.entries()) {
        const { [name]: _, ...rest }: Record<string, unknown> = INSTANCE;
        const spec = value === null ? rest : { ...rest, [name]: value };
        await tried(world.apply(INSTANCES, `odd-${index}`, named(world, `odd-${index}`, spec)));
      }
      await delay(QUIET_MS);
    },
    isDone: async (world) => {
      const objects = await Promise.all(
        odd.map((_, index) => world.get(INSTANCES, `odd-${index}`)),
      );
      return objects.every((object) => object === undefined || saysWhatItIs(object));
    },
    alsoViolated: (world) =>
      odd.flatMap((_, index) => {
        const count = world.alive(`odd-${index}`);
        return count > 1 ? [`${count} instances for odd-${index}`] : [];
      }),
  };
}

/** A label of the user's own begins with the resource's name, by which the history is judged. */
function named({ namespace }: World, name: string, spec: Record<string, unknown>): object {
  const { label } = spec;
  return typeof label === "string" ? { ...spec, label: `${namespace}/${name} ${label}` } : spec;
}

type Seen = NonNullable<Awaited<ReturnType<World["get"]>>>;

function saysWhatItIs({ status }: Seen): boolean {
  const find = (type: string) => status?.conditions?.find((condition) => condition.type === type);
  return find("Ready")?.status === "True" || find("Synced")?.status === "False";
}

export const WRONG_INPUT: readonly Trial[] = [...FIELDS.map(changing), ...FIELDS.map(beginning)];

/** `one`, with this in its spec, and `two` beside it. */
export async function readyTwo(
  world: World,
  spec: Readonly<Record<string, unknown>>,
): Promise<void> {
  world.start();
  await world.apply(INSTANCES, "one", { ...INSTANCE, ...spec });
  await world.apply(INSTANCES, "two", INSTANCE);
  await until("both are ready", () => readyAndTwo(world));
}

export async function readyAndTwo(world: World): Promise<boolean> {
  const things = world.simulator.park.instances.all().filter(({ label }) => label !== STRANGER);
  const ready = await Promise.all(["one", "two"].map((name) => world.isReady(INSTANCES, name)));
  return ready.every(Boolean) && things.length === 2;
}

/** Whether the API server took it. */
export async function tried(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof KubeError && error.kind === "invalid") return false;
    throw error;
  }
}

export function deletions({ simulator }: World): string[] {
  return simulator.ledger.entries
    .filter(({ source, method }) => source === "api" && method === "DELETE")
    .map(({ path }) => `DELETE ${path}, though nobody asked for it`);
}
