import { setTimeout as delay } from "node:timers/promises";
import { countsBetween, writesTo } from "../api-server-counts.ts";
import { machineMs } from "../clock.ts";
import { INSTANCES, namesOf } from "../cluster.ts";
import { type Contestant, type Running, start, stop } from "../contestants.ts";
import type { Bench } from "../scenario.ts";
import { Spectator } from "../spectator.ts";

/** How long a create request may still take effect once its answer is there; before that no operator worth its name deletes. */
const QUIET = { REQUEST_TIMEOUT_SECONDS: "5", SETTLE_SECONDS: "1" };
const QUIET_MS = 6_500;

/**
 * Many objects at once: from the first `apply` until all are Ready, and from the first `delete` until all are gone. The peers show how they
 * do with the smaller number; the larger asks whether the operator keeps its pace.
 */
export async function burst(bench: Bench): Promise<void> {
  const sizes = bench.isSmall ? [50, 100] : [1_000, 5_000];
  const [first = 0, second = 0] = sizes;
  for (let run = 0; run < bench.runs; run += 1) {
    for (const contestant of bench.contestants) await measure(bench, contestant, first, "1k");
  }
  const ownOnes = bench.contestants.filter(({ isPeer }) => isPeer !== true);
  for (const contestant of ownOnes) await measure(bench, contestant, second, "5k");
}

async function measure(
  bench: Bench,
  contestant: Contestant,
  count: number,
  size: string,
): Promise<void> {
  const { stage } = bench;
  const namespace = await stage.newNamespace();
  const running = await start(contestant, stage, namespace, QUIET);
  const spectator = await Spectator.open(stage.transport, INSTANCES, namespace);
  const names = namesOf("one", count);
  try {
    running.process.watchStalls();
    await counted(bench, contestant, running, size, "create", names, async () => {
      await stage.createAll(namespace, names);
      return Promise.race([spectator.untilReady(names), running.process.ended]);
    });
    await delay(QUIET_MS);
    await counted(bench, contestant, running, size, "delete", names, async () => {
      await stage.removeAll(namespace, names);
      return Promise.race([spectator.untilGone(names), running.process.ended]);
    });
    const { peakRssMiB, stallMs } = await running.process.usage();
    bench.figures.add(`${size}: peak RSS, MiB`, contestant.name, peakRssMiB);
    bench.figures.add(`${size}: longest stall, ms`, contestant.name, stallMs);
  } finally {
    spectator.close();
    await stop(running);
  }
}

/** Measures the rate of one kind of work, and counts what each side was asked for it. */
async function counted(
  { stage, figures, tell }: Bench,
  { name }: Contestant,
  { process }: Running,
  size: string,
  what: "create" | "delete",
  { length }: readonly string[],
  work: () => Promise<number>,
): Promise<void> {
  const before = await stage.apiCounts();
  const place = await stage.remote.place();
  const { cpuMs } = await process.usage();
  const startedMs = machineMs();
  const endedMs = await work();
  const rate = (length / (endedMs - startedMs)) * 1_000;
  await process.untilIdle();
  const counts = countsBetween(before, await stage.apiCounts());
  const calls = await stage.remote.calls(place);
  const usage = await process.usage();
  figures.add(`${size}: ${what}s per second`, name, rate);
  figures.add(`${size}: CPU per ${what}, ms`, name, (usage.cpuMs - cpuMs) / length);
  figures.add(`${size}: writes per ${what}`, name, writesTo("hpcinstances", counts) / length);
  figures.add(`${size}: events per ${what}`, name, writesTo("events", counts) / length);
  figures.add(`${size}: remote calls per ${what}`, name, calls.length / length);
  tell(`${size} ${what} ${name}: ${rate.toFixed(0)}/s ${JSON.stringify(counts)}`);
}
