import { start, stop } from "../contestants.ts";
import type { Bench } from "../scenario.ts";

/** From the start of the process until it says that it is ready, with no objects. */
export async function startup(bench: Bench): Promise<void> {
  const { stage, contestants, figures, runs, tell } = bench;
  const namespace = await stage.newNamespace();
  const environment = { LEADER_ELECTION: "true" };
  for (let run = 0; run < runs * 3; run += 1) {
    for (const contestant of contestants) {
      const running = await start(contestant, stage, namespace, environment);
      figures.add("start to ready, empty, ms", contestant.name, running.readyAfterMs);
      const { rssMiB } = await running.process.usage();
      figures.add("RSS, empty, MiB", contestant.name, rssMiB);
      await stop(running);
    }
  }
  for (const { name } of contestants) {
    const value = figures.median("start to ready, empty, ms", name);
    tell(`start to ready ${name}: ${value.toFixed(0)} ms`);
  }
}
