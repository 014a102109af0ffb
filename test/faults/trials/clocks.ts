import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../until.ts";
import { WallClock } from "../wall-clock.ts";
import { LOOK_MS, type World } from "../world.ts";
import { type Election, LEASE } from "./election.ts";
import { leaderTrial } from "./leader-trial.ts";
import type { Trial } from "./trial.ts";
import { applyOne, createsOf, moreCreatesThan, posted, readyAndSingle } from "../things.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const HOURS = [
  ["ahead", HOUR_MS],
  ["behind", -HOUR_MS],
] as const;
/** What a look, a renewal and two busy processors may add to a lease. */
const LATE_MS = 1_500;

/** A quiet time long enough for a process to be killed and to come back within it. */
const PATIENT = { environment: { SETTLE_SECONDS: "3" } };
/** Past the timeout and past the start of another process, well within that quiet time. */
const EFFECT_MS = 2_200;

/** The wall clock of the operator is wrong, or is set; what it counts must not be. */
export const clocks = (): readonly Trial[] => [
  ...HOURS.map(([word, shiftMs]) => lostWithWrongClock(word, shiftMs)),
  ...HOURS.map(([word, shiftMs]) => setWhileSettling(word, shiftMs)),
  ...HOURS.map(([word, shiftMs]) => setBetweenLives(word, shiftMs)),
  ...HOURS.map(([word, shiftMs]) => neverTookEffect(word, shiftMs)),
  ...HOURS.map(([word, shiftMs]) => setUnderTheLeader(word, shiftMs)),
  skewedRivals("leader ahead", 5 * MINUTE_MS, -5 * MINUTE_MS),
  skewedRivals("leader behind", -5 * MINUTE_MS, 5 * MINUTE_MS),
  ...HOURS.map(([word, shiftMs]) => pausedByDate(word, shiftMs)),
];

/** The first request takes effect, but late and unanswered; a second one within the quiet time would make two. */
function holdFirstPost({ cloud, subject }: World): void {
  cloud.faults.add({
    match: { operation: subject.operations.create, nth: 1 },
    effect: { kind: "delay", ms: EFFECT_MS, when: "before" },
  });
}

function lostWithWrongClock(word: string, shiftMs: number): Trial {
  return {
    name: `clock an hour ${word}, answer lost`,
    options: PATIENT,
    play: (world) =>
      withClock(shiftMs, world, async () => {
        holdFirstPost(world);
        await applyOne(world);
        await posted(world);
        await delay(EFFECT_MS + LOOK_MS);
      }),
    isDone: readyAndSingle,
    alsoViolated: (world) => moreCreatesThan(world, 1),
  };
}

function setWhileSettling(word: string, shiftMs: number): Trial {
  return {
    name: `clock set an hour ${word} while the outcome is open`,
    options: PATIENT,
    play: (world) =>
      withClock(0, world, async (clock) => {
        holdFirstPost(world);
        await applyOne(world);
        await posted(world);
        await clock.set(shiftMs);
        await delay(EFFECT_MS + LOOK_MS);
      }),
    isDone: readyAndSingle,
    alsoViolated: (world) => moreCreatesThan(world, 1),
  };
}

/** The next process finds a journal from the future, or from long ago. */
function setBetweenLives(word: string, shiftMs: number): Trial {
  return {
    name: `killed in mid-POST, comes back with its clock an hour ${word}`,
    options: PATIENT,
    play: async (world) => {
      world.start();
      holdFirstPost(world);
      await applyOne(world);
      await posted(world);
      await world.kill();
      await withClock(shiftMs, world, () => delay(EFFECT_MS + LOOK_MS));
    },
    isDone: readyAndSingle,
    alsoViolated: (world) => moreCreatesThan(world, 1),
  };
}

/** And where nothing comes of the first request, the second is sent when the quiet time is over, not an hour later. */
function neverTookEffect(word: string, shiftMs: number): Trial {
  return {
    name: `killed in a POST that does nothing, comes back with its clock an hour ${word}`,
    play: async (world) => {
      world.start();
      const { cloud, subject } = world;
      const match = { operation: subject.operations.create, nth: 1 };
      cloud.faults.add({ match, effect: { kind: "hang" } });
      await applyOne(world);
      await posted(world);
      await world.kill();
      await withClock(shiftMs, world, () => posted(world, 2));
    },
    isDone: readyAndSingle,
    alsoViolated: (world) => moreCreatesThan(world, 2),
  };
}

async function withClock(
  shiftMs: number,
  world: World,
  course: (clock: WallClock) => Promise<void>,
): Promise<void> {
  const clock = await WallClock.create(shiftMs);
  try {
    world.startAnother(clock.environment);
    await course(clock);
  } finally {
    await clock.remove();
  }
}

function setUnderTheLeader(word: string, shiftMs: number): Trial {
  return leaderTrial({
    name: `leader's clock set an hour ${word}`,
    play: async (world, election) => {
      const clock = await WallClock.create(0);
      await election.enter("first", clock.environment);
      await election.leads("first");
      await election.enter("second");
      await clock.set(shiftMs);
      await delay(LEASE.durationMs);
      await applyOne(world);
      await until("one is ready", () => readyAndSingle(world));
      await delay(LEASE.durationMs);
      await clock.remove();
    },
    alsoViolated: (world, election) => [
      ...moreCreatesThan(world, 1),
      ...(election.terms.length === 1 ? [] : ["the lease changed hands"]),
    ],
  });
}

/** Neither stolen while its holder lives, nor kept for long when it does not. */
function skewedRivals(word: string, leaderMs: number, standbyMs: number): Trial {
  return leaderTrial({
    name: `two clocks ten minutes apart, ${word}`,
    play: async (world, election) => {
      const [own, other] = [await WallClock.create(leaderMs), await WallClock.create(standbyMs)];
      const first = await election.enter("first", own.environment);
      await election.leads("first");
      await election.enter("second", other.environment);
      await delay(2 * LEASE.durationMs);
      await applyOne(world);
      await posted(world);
      await first.operator.end("SIGKILL");
      await election.leads("second");
      await Promise.all([own.remove(), other.remove()]);
    },
    alsoViolated: (world, election) => [
      ...moreCreatesThan(world, 1),
      ...changedHandsInTime(election),
    ],
  });
}

function changedHandsInTime({ terms }: Election): string[] {
  const [first, second, ...others] = terms;
  if (first?.client !== "first" || second === undefined || others.length > 0)
    return [`the lease changed hands ${terms.length - 1} times`];
  const waitedMs = second.fromMs - first.renewedMs;
  return [
    ...(waitedMs < LEASE.durationMs
      ? [`the lease was stolen after ${Math.round(waitedMs)} ms`]
      : []),
    ...(waitedMs > LEASE.durationMs + LATE_MS
      ? [`the lease was left alone for ${Math.round(waitedMs)} ms`]
      : []),
  ];
}

/** The provider asks for one second, by its own clock. */
function pausedByDate(word: string, shiftMs: number): Trial {
  return {
    name: `clock an hour ${word}, Retry-After is a date`,
    play: (world) =>
      withClock(shiftMs, world, async () => {
        const date = new Date(Date.now() + 1_000).toUTCString();
        const { cloud, subject } = world;
        cloud.faults.add({
          match: { operation: subject.operations.create, nth: 1 },
          effect: {
            kind: "status",
            status: 429,
            body: subject.answers.slowDown,
            headers: { "retry-after": date },
          },
        });
        await applyOne(world);
        await posted(world);
      }),
    isDone: async (world) => createsOf(world) === 2 && (await readyAndSingle(world)),
    limitMs: 8_000,
  };
}
