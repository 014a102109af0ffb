import { beforeAll, describe, expect, inject, it } from "vitest";
import { describePlan, plansFor, playReferences, sample } from "../faults/campaign.ts";
import { openCluster } from "../faults/cluster.ts";
import { type Outcome, type Plan, play } from "../faults/plan.ts";
import type { Scenario } from "../faults/scenario.ts";
import { SCENARIOS } from "../faults/scenarios.ts";
import { TRIALS } from "../faults/trials/all.ts";
import { playTrial } from "../faults/trials/trial.ts";
import type { Cluster } from "../faults/world.ts";

/** The whole campaign is `npm run test:faults`; this is a reproducible part of it. */
const SEED = 20_261;
const PLANS = 18;
const CHOSEN: readonly string[] = [
  "create with storage",
  "delete",
  "resize",
  "element: create",
  "element: update that is rolled back",
];

/** One for each sort of trouble, played with every provider. */
const TRIALS_CHOSEN: readonly string[] = [
  "404 for a while after the creation",
  "unobserved: resize and revert; killed",
];

describe("kill -9 at some messages of some scenarios", () => {
  let cluster: Cluster;
  let references: Map<Scenario, Outcome>;
  let plans: Plan[];
  beforeAll(async () => {
    cluster = await openCluster(inject("controlPlane").kubeconfigPath);
    const scenarios = SCENARIOS.filter(({ name }) => CHOSEN.includes(name));
    references = await playReferences(cluster, scenarios);
    const all = [...references].flatMap(([scenario, reference]) => plansFor(scenario, reference));
    plans = sample(all, PLANS, SEED);
  });

  it("undisturbed, every scenario is as it shall be", () => {
    const faults = [...references.values()].map((outcome) => outcome.faults);

    expect(faults).toEqual(CHOSEN.map(() => []));
  });

  it("disturbed, every invariant holds", { timeout: 120_000 }, async () => {
    const found: string[] = [];
    for (const plan of plans) {
      const { faults } = await play(cluster, plan);
      found.push(...faults.map((fault) => `${describePlan(plan)}: ${fault}`));
    }

    expect(found).toEqual([]);
  });

  it.each(TRIALS.filter(({ name }) => TRIALS_CHOSEN.some((one) => name.endsWith(one))))(
    "in a trial, every invariant holds: $name",
    async (trial) => {
      expect((await playTrial(cluster, trial)).faults).toEqual([]);
    },
  );
});
