import { LOOK_MS, type World } from "../world.ts";
import { until } from "../../until.ts";
import { setTimeout as delay } from "node:timers/promises";
import { apart } from "./leaders-apart.ts";
import { handover } from "./leaders-handover.ts";
import { stopped } from "./leaders-stopped.ts";
import type { Trial } from "./trial.ts";
import { annotate, applyOne, createsOf, readyAndSingle } from "../things.ts";

/** A journal by an operator of another version, found at the start. */
const STRANGE_JOURNALS = {
  garbage: "\u0001not a journal at all{{{",
  "unknown fields": "2026-01-01T00:00:00.000Z attempt=3 region=north shape=triangle",
} as const;

/** Several operators: who may write, and what becomes of what the one before had begun. */
export const leaders = (): readonly Trial[] => [
  ...handover(),
  ...stopped(),
  ...apart(),
  ...Object.entries(STRANGE_JOURNALS).map(([name, journal]) => strangeJournal(name, journal)),
  newerJournal(),
];

/** It is settled like any other of unknown outcome, and only then, once, is it created. */
function strangeJournal(name: string, journal: string): Trial {
  return {
    name: `journal of another version: ${name}`,
    play: async (world) => {
      await applyOne(world);
      await writeJournal(world, journal);
      world.start();
      await until("one is ready", () => readyAndSingle(world), { seen: () => world.operatorLog });
    },
    isDone: readyAndSingle,
    alsoViolated: (world) =>
      createsOf(world) === 1 ? [] : [`${createsOf(world)} create requests`],
  };
}

function writeJournal(world: World, journal: string): Promise<void> {
  return annotate(world, "one", { [`${world.cloud.reading.group}/create`]: journal });
}

/** A journal that says it is of a newer version makes an older operator keep its hands off, and say so. */
function newerJournal(): Trial {
  return {
    name: "journal of a newer version",
    play: async (world) => {
      await applyOne(world);
      await writeJournal(world, "v2 2026-01-01T00:00:00.000Z attempt=3");
      world.start();
      await until(
        "something is said",
        async () => (await world.get(world.subject.type, "one"))?.status,
      );
      await delay(4 * LOOK_MS);
    },
    isDone: async (world) => {
      const conditions = (await world.get(world.subject.type, "one"))?.status?.conditions ?? [];
      return conditions.some(({ type, status }) => type === "Stalled" && status === "True");
    },
    alsoViolated: (world) =>
      createsOf(world) === 0 ? [] : ["created although a newer version had begun to"],
  };
}
