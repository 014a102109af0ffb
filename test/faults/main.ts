import { parseArgs } from "node:util";
import { startControlPlane } from "../../src/embedded/control-plane/control-plane.ts";
import { plansFor, playAll, playReferences, sample } from "./campaign.ts";
import { huntAll, playTextbook } from "./bug-hunt.ts";
import { openCluster } from "./cluster.ts";
import type { Outcome } from "./plan.ts";
import { type Scenario, SCENARIOS } from "./scenarios.ts";
import { faultLines, summaryLines } from "./summary.ts";
import type { Cluster } from "./world.ts";

const PROGRESS_EVERY = 25;

/** `--scenario NAME` plays one; `--only bugs` hunts the seeded bugs; `--sample N --seed S` plays a reproducible part of them all; `--at-a-time N`. */
const { values } = parseArgs({
  options: {
    scenario: { type: "string" },
    sample: { type: "string" },
    only: { type: "string", default: "all" },
    seed: { type: "string", default: "1" },
    bug: { type: "string", default: "" },
    "at-a-time": { type: "string", default: "2" },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const scenarios = SCENARIOS.filter(
    ({ name }) => values.scenario === undefined || name === values.scenario,
  );
  const controlPlane = await startControlPlane({ onProgress: say });
  let isEveryBugCaught = true;
  try {
    const cluster = await openCluster(controlPlane.kubeconfigPath);
    const references = await playReferences(cluster, scenarios);
    const outcomes: Outcome[] = [...references.values()];
    const all = [...references].flatMap(([scenario, reference]) => plansFor(scenario, reference));
    const plans =
      values.sample === undefined ? all : sample(all, Number(values.sample), Number(values.seed));
    say(`${all.length} plans; playing ${plans.length}`);
    const startedMs = performance.now();
    const tell = (outcome: Outcome): void => {
      outcomes.push(outcome);
      for (const line of faultLines([outcome])) say(line);
      if (outcomes.length % PROGRESS_EVERY === 0)
        say(`… ${outcomes.length - references.size} of ${plans.length}`);
    };
    await playAll(cluster, plans, tell, { concurrency: Number(values["at-a-time"]) });
    if (values.only === "bugs" || (values.scenario === undefined && values.sample === undefined)) {
      isEveryBugCaught = await judgeTheSuite(cluster, references);
    }
    const secondsEach = (performance.now() - startedMs) / 1000 / Math.max(plans.length, 1);
    for (const line of ["", ...summaryLines(outcomes)]) say(line);
    const failed = outcomes.filter(({ faults }) => faults.length > 0).length;
    say(`\n${secondsEach.toFixed(2)} s a plan`);
    say(`${outcomes.length - failed} passed, ${failed} failed`);
    return failed === 0 && isEveryBugCaught ? 0 : 1;
  } finally {
    await controlPlane.stop();
  }
}

/** The tests of the tests: each seeded bug must turn the suite red, and the operator of the tutorials must fail it. */
async function judgeTheSuite(
  cluster: Cluster,
  references: ReadonlyMap<Scenario, Outcome>,
): Promise<boolean> {
  const hunts = await huntAll(
    cluster,
    references,
    ({ bug, caughtBy, plans }) =>
      say(
        `${caughtBy === undefined ? "MISSED" : "caught"} after ${plans}: ${bug.name}${caughtBy === undefined ? "" : ` (${caughtBy})`}`,
      ),
    values.bug,
  );
  const caught = hunts.filter(({ caughtBy }) => caughtBy !== undefined).length;
  say(`seeded bugs: ${caught} of ${hunts.length} caught`);
  const create = [...references].find(([{ name }]) => name === "create");
  if (create === undefined) return caught === hunts.length;
  const textbook = await playTextbook(cluster, ...create);
  say(
    `textbook operator: ${textbook.left} of ${textbook.plans} plans red, ${textbook.doubles} with two things alive; ours: 0`,
  );
  return caught === hunts.length && textbook.doubles > 0;
}

process.exitCode = await main();
