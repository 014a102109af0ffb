import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../until.ts";
import { LOOK_MS, QUIET_MS, type World } from "../world.ts";
import type { Trial } from "./trial.ts";
import { applyOne, deletesOf, moreCreatesThan, posted, readyAndSingle } from "../things.ts";

const FOR_EVER_MS = 3_600_000;

/** A trial that says how much may be asked of the provider. */
export interface CountedTrial extends Omit<Trial, "isDone" | "alsoViolated"> {
  /** By default: one is there, and ready. */
  readonly isDone?: Trial["isDone"];
  /** So many create requests and deletions may be sent, in all. */
  readonly creates: number;
  readonly deletes?: number;
}

const COURSES: readonly CountedTrial[] = [
  {
    name: "the provider's list lags by several looks",
    play: (world) => createHidden(world, 3 * LOOK_MS, { alsoOne: false }),
    creates: 1,
  },
  {
    name: "the provider's list lags for longer than the quiet time",
    play: async (world) => {
      await createHidden(world, 3 * QUIET_MS, { alsoOne: false });
      await delay(4 * QUIET_MS);
    },
    creates: 1,
  },
  {
    name: "404 for a while after the creation",
    play: (world) => createHidden(world, QUIET_MS * 0.8, { alsoOne: true }),
    creates: 1,
  },
  {
    name: "the provider's list lags, killed before the answer",
    play: lagAndKillBefore,
    creates: 1,
  },
  {
    name: "the provider's list lags for longer than the quiet time, killed after the id",
    play: lagAndKillAfter,
    creates: 1,
  },
];

export const laggingLists = (): readonly Trial[] => COURSES.map(countedTrial);

export function countedTrial(course: CountedTrial): Trial {
  const { creates, deletes = 0, isDone = readyAndSingle, ...rest } = course;
  return {
    ...rest,
    isDone,
    alsoViolated: (world) => [
      ...moreCreatesThan(world, creates),
      ...moreDeletesThan(world, deletes),
    ],
  };
}

function moreDeletesThan(world: World, most: number): string[] {
  const count = deletesOf(world);
  return count > most ? [`${count} remote deletions, more than ${most}`] : [];
}

/** The provider shows nothing in lists that is younger than this; `alsoOne`: nor when asked for it by its id. Returns the rule. */
export function hideNewest(
  { cloud }: World,
  ms: number,
  { alsoOne }: { readonly alsoOne: boolean },
): number {
  const effect = { kind: "hide-newest", ms, alsoOne } as const;
  return cloud.faults.add({ match: { method: "GET" }, effect });
}

async function createHidden(
  world: World,
  ms: number,
  how: { readonly alsoOne: boolean },
): Promise<void> {
  hideNewest(world, ms, how);
  world.start();
  await applyOne(world);
}

/** Killed before the answer; who comes after it finds a journal, and for a while nothing in the lists. */
async function lagAndKillBefore(world: World): Promise<void> {
  const { cloud, cloudProxy } = world;
  const rule = hideNewest(world, FOR_EVER_MS, { alsoOne: false });
  cloudProxy.onAnswer = async (message): Promise<"pass" | "drop"> => {
    if (!cloud.reading.isCreate(message)) return "pass";
    cloudProxy.onAnswer = () => "pass";
    await world.kill();
    return "drop";
  };
  world.start();
  await applyOne(world);
  await posted(world);
  await delay(LOOK_MS);
  const looks = cloud.ledger.entries.length;
  world.start();
  await until("it has looked", () => cloud.ledger.entries.length > looks);
  await delay(QUIET_MS / 3);
  cloud.faults.clear(rule);
}

/** Killed when the id was recorded; the lists lack it for longer than a lost request may take effect. */
async function lagAndKillAfter(world: World): Promise<void> {
  hideNewest(world, 4 * QUIET_MS, { alsoOne: false });
  world.start();
  await applyOne(world);
  await until("its id is recorded", async () => (await idOf(world)) !== undefined);
  await world.kill();
  world.start();
}

async function idOf(world: World): Promise<unknown> {
  return (await world.get(world.subject.type, "one"))?.status?.id;
}
