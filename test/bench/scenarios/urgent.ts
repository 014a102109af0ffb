import { setTimeout as delay } from "node:timers/promises";
import { machineMs } from "../clock.ts";
import { INSTANCES, namesOf } from "../cluster.ts";
import { start } from "../contestants.ts";
import type { Call } from "../simulator-process.ts";
import type { Bench } from "../scenario.ts";
import { Spectator } from "../spectator.ts";

const SLOW_MS = 5_000;
const LIMIT_MS = 120_000;

/** A stop and a delete while a thousand creates wait and every one of them is slow. */
export async function urgent(bench: Bench): Promise<void> {
  for (let run = 0; run < bench.runs; run += 1) await once(bench, run);
}

async function once(bench: Bench, run: number): Promise<void> {
  const { stage, operator, figures, isSmall, tell } = bench;
  const namespace = await stage.newNamespace();
  const running = await start(operator, stage, namespace);
  const spectator = await Spectator.open(stage.transport, INSTANCES, namespace);
  const early = [`stopped-${run}`, `deleted-${run}`];
  await stage.createAll(namespace, early);
  await spectator.untilReady(early);
  await running.process.untilIdle();
  const match = { operation: "createInstance" };
  await stage.remote.fail({ match, effect: { kind: "delay", ms: SLOW_MS } });
  await stage.createAll(namespace, namesOf("slow", isSmall ? 50 : 1_000));
  await delay(1_000);
  const place = await stage.remote.place();
  const startedMs = machineMs();
  await stage.patch(namespace, early[0] ?? "", { spec: { power: "Off" } });
  await stage.remove(namespace, early[1] ?? "");
  const sent = async (operation: string): Promise<number> => {
    const call = await untilCall(bench, place, operation);
    return (call?.atMs ?? startedMs + LIMIT_MS) - startedMs;
  };
  const stopMs = await sent("changeInstanceState");
  const deleteMs = await sent("deleteInstance");
  figures.add("stop behind 1,000 slow creates, ms", operator.name, stopMs);
  figures.add("delete behind 1,000 slow creates, ms", operator.name, deleteMs);
  tell(`behind slow creates: stop ${stopMs.toFixed(0)} ms, delete ${deleteMs.toFixed(0)} ms`);
  spectator.close();
  await running.process.end("SIGKILL");
  await stage.remote.heal();
  await stage.remote.forget();
}

async function untilCall(
  { stage }: Bench,
  place: number,
  operation: string,
): Promise<Call | undefined> {
  const deadlineMs = machineMs() + LIMIT_MS;
  while (machineMs() < deadlineMs) {
    const call = (await stage.remote.calls(place)).find((one) => one.operation === operation);
    if (call !== undefined) return call;
    await delay(20);
  }
  return undefined;
}
