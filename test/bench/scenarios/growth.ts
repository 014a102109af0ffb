import { setTimeout as delay } from "node:timers/promises";
import { countsBetween, writesTo } from "../api-server-counts.ts";
import { INSTANCES, namesOf } from "../cluster.ts";
import { type Running, start, stop } from "../contestants.ts";
import { countOf } from "../remote.ts";
import type { Bench } from "../scenario.ts";
import { Spectator } from "../spectator.ts";
import { oneObject } from "./latency.ts";

/** As installed: with leader election, and with the cluster's own identity. */
const AS_INSTALLED = { LEADER_ELECTION: "true" };
/** Longer than anything here takes: no tick comes in between. */
const NO_TICK = { POLL_INTERVAL_SECONDS: "3600", ...AS_INSTALLED };
const TICKS = 20;
const REST_MS = 15_000;

/** A hundred, a thousand and ten thousand objects: cold start, rest, ticks, and one object more. */
export async function growth(bench: Bench): Promise<void> {
  const { stage, isSmall } = bench;
  const namespace = await stage.newNamespace();
  let count = 0;
  for (const size of isSmall ? [20, 50, 100] : [100, 1_000, 10_000]) {
    const names = namesOf("object", size).slice(count);
    await populate(bench, namespace, names);
    count = size;
    for (let run = 0; run < bench.runs; run += 1) await coldStart(bench, namespace, size);
    await ticks(bench, namespace, size);
    await oneMore(bench, namespace, size);
  }
  await stage.remote.forget();
}

async function populate(
  { stage, operator }: Bench,
  namespace: string,
  names: readonly string[],
): Promise<void> {
  const running = await start(operator, stage, namespace, AS_INSTALLED);
  const spectator = await Spectator.open(stage.transport, INSTANCES, namespace);
  await stage.createAll(namespace, names);
  await spectator.untilReady(names);
  await running.process.untilIdle();
  spectator.close();
  await stop(running);
}

/** Nothing has changed since the process before: how long until this one knows that, and what it asks for it. */
async function coldStart(bench: Bench, namespace: string, size: number): Promise<void> {
  const { stage, operator, figures, tell } = bench;
  const before = await stage.apiCounts();
  const place = await stage.remote.place();
  const running = await start(operator, stage, namespace, NO_TICK);
  running.process.watchStalls();
  const settledMs = (await running.process.untilIdle()) - running.process.startedMs;
  const counts = countsBetween(before, await stage.apiCounts());
  const calls = countOf(await stage.remote.calls(place));
  const { cpuMs, rssMiB, peakRssMiB, stallMs, stallCpuMs } = await running.process.usage();
  const reconciled = await reconciledBy(running);
  if (reconciled < size) throw new Error(`only ${reconciled} of ${size} were reconciled`);
  const add = (what: string, value: number): void =>
    figures.add(`${size}: cold start: ${what}`, operator.name, value);
  add("ready, ms", running.readyAfterMs);
  add("everything looked at, ms", settledMs);
  add("writes", writesTo("hpcinstances", counts));
  add("events", writesTo("events", counts));
  add("Kubernetes LIST pages", counts["LIST hpcinstances"] ?? 0);
  add("instance LISTs", calls["listInstances"] ?? 0);
  add("storage LISTs", calls["listStorages"] ?? 0);
  add("other remote calls", otherThanLists(calls));
  add("CPU, ms", cpuMs);
  add("RSS, MiB", rssMiB);
  add("peak RSS, MiB", peakRssMiB);
  add("longest stall, ms", stallMs);
  add("longest stall that computes, ms", stallCpuMs);
  tell(
    `cold start ${size}: ready ${running.readyAfterMs.toFixed(0)} ms, settled ${settledMs.toFixed(0)} ms, stall ${stallMs.toFixed(0)} (${stallCpuMs.toFixed(0)}) ms, RSS ${rssMiB.toFixed(0)} MiB ${JSON.stringify({ ...counts, ...calls })}`,
  );
  await rest(bench, running, size);
  await stop(running);
}

/** Between two ticks nothing is to be done at all. */
async function rest(
  { figures, operator, tell }: Bench,
  running: Running,
  size: number,
): Promise<void> {
  // What watched the stalls wakes the process up; how much that costs is measured in an empty process by `startup`.
  const before = await running.process.usage();
  await delay(REST_MS / 3);
  const after = await running.process.usage();
  const share = (after.cpuMs - before.cpuMs) / (REST_MS / 3);
  figures.add(`${size}: CPU at rest with the stall watch, % of a core`, operator.name, share * 100);
  tell(`rest ${size}: ${(share * 100).toFixed(2)} % of a core`);
}

/** Without anything that watches it, so nothing wakes the process up but itself. Returns the share of a core that it takes. */
async function idle(bench: Bench, namespace: string, size: number): Promise<number> {
  const { stage, operator, figures } = bench;
  const running = await start(operator, stage, namespace, NO_TICK);
  await running.process.untilIdle();
  const before = await running.process.usage();
  await delay(REST_MS);
  const after = await running.process.usage();
  await stop(running);
  const share = (after.cpuMs - before.cpuMs) / REST_MS;
  figures.add(`${size}: CPU between ticks, % of a core`, operator.name, share * 100);
  figures.add(`${size}: RSS at rest, MiB`, operator.name, after.rssMiB);
  return share;
}

/** Ten minutes' worth of ticks, a second apart instead of thirty. */
async function ticks(bench: Bench, namespace: string, size: number): Promise<void> {
  const { stage, operator, figures, tell } = bench;
  const idleShare = await idle(bench, namespace, size);
  const ticking = { POLL_INTERVAL_SECONDS: "1", ...AS_INSTALLED };
  const running = await start(operator, stage, namespace, ticking);
  await delay(5_000);
  running.process.watchStalls();
  const counts = await stage.apiCounts();
  const place = await stage.remote.place();
  const before = await running.process.usage();
  await delay(TICKS * 1_000);
  const after = await running.process.usage();
  const calls = countOf(await stage.remote.calls(place));
  const writes = countsBetween(counts, await stage.apiCounts());
  await stop(running);
  const lists = calls["listInstances"] ?? 0;
  const cpuMs = after.cpuMs - before.cpuMs - idleShare * TICKS * 1_000;
  const add = (what: string, value: number): void =>
    figures.add(`${size}: tick: ${what}`, operator.name, value);
  add("ticks", lists);
  add("CPU, ms", cpuMs / lists);
  add("instance LISTs for each storage LIST", lists / (calls["listStorages"] ?? 0));
  add("other remote calls", otherThanLists(calls));
  add("writes", writesTo("hpcinstances", writes) + writesTo("events", writes));
  add("RSS, MiB", after.rssMiB);
  add("peak RSS, MiB", after.peakRssMiB);
  add("longest stall, ms", after.stallMs);
  add("longest stall that computes, ms", after.stallCpuMs);
  tell(
    `ticks ${size}: ${lists} of ${(cpuMs / lists).toFixed(0)} ms, stall ${after.stallMs.toFixed(0)} (${after.stallCpuMs.toFixed(0)}) ms, RSS ${after.rssMiB.toFixed(0)} MiB, at rest ${(idleShare * 100).toFixed(2)} % ${JSON.stringify({ ...writes, ...calls })}`,
  );
}

/** One new object beside so many at rest. */
async function oneMore(bench: Bench, namespace: string, size: number): Promise<void> {
  const { stage, operator, figures, isSmall, tell } = bench;
  const running = await start(operator, stage, namespace, AS_INSTALLED);
  await running.process.untilIdle();
  const spectator = await Spectator.open(stage.transport, INSTANCES, namespace);
  const names = namesOf("more", isSmall ? 5 : 60);
  const warmUp = names.length / 6;
  for (const [index, name] of names.entries()) {
    const value = await oneObject(stage, namespace, name);
    if (index >= warmUp) figures.add(`${size}: apply to POST, ms`, operator.name, value);
    await delay(60);
  }
  tell(`one more beside ${size}: ${figures.median(`${size}: apply to POST, ms`).toFixed(1)} ms`);
  await stage.removeAll(namespace, names);
  await spectator.untilGone(names);
  spectator.close();
  await stop(running);
}

function otherThanLists(calls: Readonly<Record<string, number>>): number {
  const lists = new Set(["listInstances", "listStorages", "listNamespaces"]);
  return Object.entries(calls).reduce((sum, [name, n]) => (lists.has(name) ? sum : sum + n), 0);
}

async function reconciledBy({ healthUrl }: Running): Promise<number> {
  const page = await (await fetch(`${healthUrl}/metrics`)).text();
  const line = /^controller_runtime_reconcile_total\{.*HpcInstance.*"success".*\} (\d+)$/m;
  return Number(line.exec(page)?.[1] ?? 0);
}
