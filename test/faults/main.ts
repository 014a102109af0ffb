import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startControlPlane } from "../../src/embedded/control-plane/control-plane.ts";
import { inTurn, plansFor, playAll, playReferences, sample } from "./campaign.ts";
import { huntAll, playTextbook } from "./bug-hunt.ts";
import { openCluster } from "./cluster.ts";
import { OwnControlPlane } from "./own-control-plane.ts";
import type { Outcome } from "./plan.ts";
import { ofEveryProvider } from "./every-provider.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";
import { faultLines, summaryLines, trialLines } from "./summary.ts";
import { TRIALS } from "./trials/all.ts";
import { controlPlaneFaults } from "./trials/control-plane-faults.ts";
import { playTrial, type Trial, type TrialOutcome } from "./trials/trial.ts";
import type { Cluster } from "./world.ts";

const PROGRESS_EVERY = 100;

/**
 * `--only plans`, `trials` or `bugs` leaves the others out. `--provider hpc-park` or `element` plays those of one, `--scenario NAME` one scenario's plans, `--fault kill`, `cut` or `answer`
 * those of one sort, `--sample N --seed S` a reproducible part of them, `--trial TEXT` and `--bug TEXT` what has the text in its name; `--at-a-time N`.
 */
const { values } = parseArgs({
  options: {
    only: { type: "string", default: "all" },
    scenario: { type: "string" },
    provider: { type: "string", default: "all" },
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    fault: { type: "string" },
    trial: { type: "string", default: "" },
    bug: { type: "string", default: "" },
    "at-a-time": { type: "string", default: "3" },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const wants = (part: string): boolean => values.only === "all" || values.only === part;

const isOfProvider = (provider = "hpc-park"): boolean =>
  values.provider === "all" || provider === values.provider;

type References = ReadonlyMap<Scenario, Outcome>;

async function main(): Promise<number> {
  const controlPlane = await startControlPlane({ onProgress: say });
  try {
    const cluster = await openCluster(controlPlane.kubeconfigPath);
    const scenarios = SCENARIOS.filter(
      ({ name, provider }) =>
        (values.scenario === undefined || name === values.scenario) && isOfProvider(provider),
    );
    // Only trials need none.
    const references = values.only === "trials" ? new Map() : await undisturbed(cluster, scenarios);
    const isGreen = [
      !wants("plans") || (await playPlans(cluster, references)),
      !wants("trials") || (await playTrials(cluster)),
      !wants("bugs") || (await judgeTheSuite(cluster, references)),
    ];
    return isGreen.every(Boolean) ? 0 : 1;
  } finally {
    await controlPlane.stop();
  }
}

async function undisturbed(cluster: Cluster, scenarios: readonly Scenario[]): Promise<References> {
  const references = await playReferences(cluster, scenarios);
  for (const line of faultLines([...references.values()])) say(line);
  return references;
}

/** Every single fault of every scenario. Returns whether everything held. */
async function playPlans(cluster: Cluster, references: References): Promise<boolean> {
  const all = [...references]
    .flatMap(([scenario, reference]) => plansFor(scenario, reference))
    .filter(({ fault }) => values.fault === undefined || fault?.type === values.fault);
  const plans =
    values.sample === undefined ? all : sample(all, Number(values.sample), Number(values.seed));
  say(`${all.length} plans; playing ${plans.length}`);
  const outcomes: Outcome[] = [];
  const startedMs = performance.now();
  const tell = (outcome: Outcome): void => {
    outcomes.push(outcome);
    for (const line of faultLines([outcome])) say(line);
    if (outcome.faults.length > 0) keepLog("plan", outcomes.length, outcome);
    if (outcomes.length % PROGRESS_EVERY === 0) say(`… ${outcomes.length} of ${plans.length}`);
  };
  await playAll(cluster, plans, tell, { concurrency: Number(values["at-a-time"]) });
  const secondsEach = (performance.now() - startedMs) / 1000 / Math.max(plans.length, 1);
  for (const line of ["", ...summaryLines([...references.values(), ...outcomes])]) say(line);
  const failed = outcomes.filter(({ faults }) => faults.length > 0).length;
  say(`plans: ${outcomes.length - failed} green, ${failed} red; ${secondsEach.toFixed(2)} s each`);
  return failed === 0 && [...references.values()].every(({ faults }) => faults.length === 0);
}

/** What the operator said in a plan or a trial that turned red. */
function keepLog(what: string, number: number, { log }: { readonly log: string }): void {
  const path = join(tmpdir(), `fault-${what}-${process.pid}-${number}.log`);
  writeFileSync(path, log);
  say(`  its log: ${path}`);
}

/** The faults with a course of their own. */
async function playTrials(cluster: Cluster): Promise<boolean> {
  const outcomes: TrialOutcome[] = [];
  const chosen = (trials: readonly Trial[]): Trial[] =>
    trials.filter(({ name, provider }) => name.includes(values.trial) && isOfProvider(provider));
  const play = async (stage: Cluster, trial: Trial): Promise<void> => {
    const outcome = await playTrial(stage, trial);
    outcomes.push(outcome);
    for (const fault of outcome.faults) say(`${trial.name}: ${fault}`);
    if (outcome.faults.length > 0) keepLog("trial", outcomes.length, outcome);
  };
  await inTurn(chosen(TRIALS), Number(values["at-a-time"]), (trial) => play(cluster, trial));
  const plane = await OwnControlPlane.start();
  try {
    // What is done to a control plane is done to all who use it, so one after the other.
    const faults = ofEveryProvider(() => controlPlaneFaults(plane));
    await inTurn(chosen(faults), 1, (trial) => play(plane.cluster, trial));
  } finally {
    await plane.stop();
  }
  for (const line of ["", ...trialLines(outcomes)]) say(line);
  const failed = outcomes.filter(({ faults }) => faults.length > 0).length;
  say(`trials: ${outcomes.length - failed} green, ${failed} red`);
  return failed === 0;
}

/** The tests of the tests: each seeded bug must turn the suite red, and the operator of the tutorials must fail it. */
async function judgeTheSuite(cluster: Cluster, references: References): Promise<boolean> {
  const hunts = await huntAll(
    cluster,
    references,
    ({ bug, caughtBy, plans }) =>
      say(
        caughtBy === undefined
          ? `MISSED after ${plans}: ${bug.name}`
          : `caught after ${plans}: ${bug.name} (${caughtBy})`,
      ),
    ({ name, provider }) => name.includes(values.bug) && isOfProvider(provider),
  );
  const caught = hunts.filter(({ caughtBy }) => caughtBy !== undefined).length;
  say(`seeded bugs: ${caught} of ${hunts.length} caught`);
  const create = [...references.keys()].find(({ name }) => name === "create");
  if (create === undefined) return caught === hunts.length;
  const textbook = await playTextbook(cluster, create);
  say(
    `textbook operator: ${textbook.left} of ${textbook.plans} plans red, ${textbook.doubles} with two things alive; ours: 0`,
  );
  return caught === hunts.length && textbook.doubles > 0;
}

process.exitCode = await main();
