import { setTimeout as delay } from "node:timers/promises";
import { KubeError } from "../../../src/kube/errors.ts";
import { until } from "../../until.ts";
import type { Provider } from "../cloud.ts";
import { LOOK_MS, QUIET_MS, type World } from "../world.ts";
import { type Field, FIELDS } from "./odd-fields.ts";
import type { Trial } from "./trial.ts";
import { apply, moreCreatesThan, patchSpec } from "../things.ts";

/** The label of a thing that is nobody's. */
export const STRANGER = "stranger";
/** Long enough for the operator to take up a value. */
const STEP_MS = LOOK_MS / 2;

/** A field of one that runs: each odd value, and back; then two flips that nobody sees. It costs no second one. */
function changing(only: Provider, { name, right, back = right, other, odd }: Field): Trial {
  const set = (world: World, value: unknown): Promise<boolean> =>
    tried(patchSpec(world, "one", { [name]: value ?? null }));
  return {
    only,
    name: `wrong input: ${name} of one that runs`,
    play: async (world) => {
      await readyTwo(world, { [name]: right });
      for (const value of odd) {
        if (await set(world, value)) await delay(STEP_MS);
        if (!(await set(world, back))) throw new Error(`${name} cannot be put back`);
      }
      world.kubeProxy.watches.onLine = () => "hold";
      for (const value of [other, back, other, back]) await set(world, value);
      world.kubeProxy.watches.release();
    },
    isDone: readyAndTwo,
    alsoViolated: (world) => [...moreCreatesThan(world, 2), ...deletions(world)],
    bounds: { calls: 400 },
    limitMs: 20_000,
  };
}

/** A field at birth: each odd value in a resource of its own, which is refused, or comes to one thing, or says why not. */
function beginning(only: Provider, { name, odd }: Field): Trial {
  return {
    only,
    name: `wrong input: ${name} from the beginning`,
    play: async (world) => {
      world.start();
      for (const [index, value] of odd.entries()) {
        const { type, specOf } = world.subject;
        const { [name]: _, ...rest } = specOf(`odd-${index}`);
        const spec = value === null ? rest : { ...rest, [name]: value };
        await tried(world.apply(type, `odd-${index}`, named(world, `odd-${index}`, spec)));
      }
      await delay(QUIET_MS);
    },
    isDone: async (world) => {
      const objects = await Promise.all(
        odd.map((_, index) => world.get(world.subject.type, `odd-${index}`)),
      );
      return objects.every((object) => object === undefined || saysWhatItIs(object));
    },
    alsoViolated: (world) =>
      odd.flatMap((_, index) => {
        const count = world.alive(`odd-${index}`);
        return count > 1 ? [`${count} things for odd-${index}`] : [];
      }),
  };
}

/** A label of the user's own begins with the resource's name, by which the history is judged. */
function named(
  { namespace, subject }: World,
  name: string,
  spec: Readonly<Record<string, unknown>>,
): object {
  const field = subject.records.label;
  const label = spec[field];
  return typeof label === "string" ? { ...spec, [field]: `${namespace}/${name} ${label}` } : spec;
}

type Seen = NonNullable<Awaited<ReturnType<World["get"]>>>;

function saysWhatItIs({ status }: Seen): boolean {
  const find = (type: string) => status?.conditions?.find((condition) => condition.type === type);
  return find("Ready")?.status === "True" || find("Synced")?.status === "False";
}

/** Every provider has fields of its own. */
export const wrongInput = (): readonly Trial[] =>
  (["hpc-park", "element"] as const).flatMap((provider) =>
    FIELDS[provider].flatMap((field) => [changing(provider, field), beginning(provider, field)]),
  );

/** `one`, with this in its spec, and `two` beside it. */
export async function readyTwo(
  world: World,
  spec: Readonly<Record<string, unknown>>,
): Promise<void> {
  world.start();
  await apply(world, "one", spec);
  await apply(world, "two");
  await until("both are ready", () => readyAndTwo(world));
}

export async function readyAndTwo(world: World): Promise<boolean> {
  const { type, things } = world.subject;
  const ours = things().filter(({ label }) => label !== STRANGER);
  const ready = await Promise.all(["one", "two"].map((name) => world.isReady(type, name)));
  return ready.every(Boolean) && ours.length === 2;
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

export function deletions({ cloud }: World): string[] {
  return cloud.ledger.entries
    .filter(({ source, method }) => source === "api" && method === "DELETE")
    .map(({ path }) => `DELETE ${path}, though nobody asked for it`);
}
