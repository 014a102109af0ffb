import { setTimeout as delay } from "node:timers/promises";
import { machineMs } from "../clock.ts";
import { INSTANCES, namesOf } from "../cluster.ts";
import { type Running, start, stop } from "../contestants.ts";
import type { Bench } from "../scenario.ts";
import { Spectator } from "../spectator.ts";
import type { Stage } from "../cluster.ts";

/** From one object to the next, so that each meets an operator at rest. */
const PAUSE_MS = 60;

/** One object at rest: from `apply` until its create request comes in. The contestants take turns, object by object. */
export async function latency(bench: Bench): Promise<void> {
  const { stage, contestants, figures, isSmall, runs } = bench;
  const started: (Running & { readonly name: string })[] = [];
  for (const contestant of contestants) {
    const namespace = await stage.newNamespace();
    started.push({ ...(await start(contestant, stage, namespace)), name: contestant.name });
  }
  const rounds = isSmall ? 10 : 40 * runs;
  for (let round = 0; round < rounds; round += 1) {
    for (const { namespace, name } of started) {
      const value = await oneObject(stage, namespace, `one-${round}`);
      // The first ones find cold code and no connection.
      if (round >= rounds / 10) figures.add("apply to POST at rest, ms", name, value);
      await delay(PAUSE_MS);
    }
  }
  for (const { name } of started) {
    const value = figures.median("apply to POST at rest, ms", name);
    bench.tell(`latency ${name}: ${value.toFixed(1)} ms`);
  }
  for (const running of started) await stop(running);
  await stage.remote.forget();
}

/** The same beside many others: while nothing of them changes but they are looked at each second, and while all of them change. */
export async function latencyBesideOthers(bench: Bench): Promise<void> {
  const { stage, operator, figures, isSmall, runs, tell } = bench;
  const namespace = await stage.newNamespace();
  const others = namesOf("other", isSmall ? 50 : 5_000);
  const spectator = await Spectator.open(stage.transport, INSTANCES, namespace);
  const environment = { POLL_INTERVAL_SECONDS: "1" };
  const running = await start(operator, stage, namespace, environment);
  await stage.createAll(namespace, others);
  await spectator.untilReady(others);
  await delay(3_000);
  const measure = async (what: string, name: string): Promise<void> => {
    figures.add(what, operator.name, await oneObject(stage, namespace, name));
    await delay(PAUSE_MS);
  };
  const rounds = isSmall ? 5 : 30;
  for (const name of namesOf("looked", rounds * 2))
    await measure("apply to POST, 5,000 others looked at each second, ms", name);
  for (let run = 0; run < runs; run += 1) {
    const refreshed = countChanges(spectator);
    await stage.remote.age();
    // The next look finds all of them changed.
    while (refreshed() < others.length / 20) await delay(20);
    for (const name of namesOf(`changed-${run}`, rounds)) {
      const isUnderWay = refreshed() < others.length * 0.95;
      if (isUnderWay) await measure("apply to POST, 5,000 others refreshed, ms", name);
    }
    while (refreshed() < others.length) await delay(100);
  }
  for (const what of ["looked at each second", "refreshed"]) {
    const value = figures.median(`apply to POST, 5,000 others ${what}, ms`);
    tell(`latency while 5,000 are ${what}: ${value.toFixed(1)} ms`);
  }
  spectator.close();
  await stop(running);
  await stage.remote.forget();
}

function countChanges(spectator: Spectator): () => number {
  const changed = new Set<string>();
  spectator.onSeen(({ object }) => {
    if (object.metadata.name.startsWith("other-")) changed.add(object.metadata.name);
  });
  return () => changed.size;
}

/** Makes one object and returns how long it took until the create request came in. */
export async function oneObject(stage: Stage, namespace: string, name: string): Promise<number> {
  const place = await stage.remote.place();
  const startedMs = machineMs();
  await stage.create(namespace, name);
  for (let tries = 0; tries < 3_000; tries += 1) {
    const calls = await stage.remote.calls(place);
    const call = calls.find(({ label }) => label?.startsWith(`${namespace}/${name}`));
    if (call !== undefined) return call.atMs - startedMs;
    await delay(10);
  }
  throw new Error(`no create request for ${name} came`);
}
