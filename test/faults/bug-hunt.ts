import { join } from "node:path";
import { PROJECT } from "../project.ts";
import { describePlan, plansFor, sample } from "./campaign.ts";
import { type Outcome, type Plan, play } from "./plan.ts";
import type { Scenario } from "./scenarios.ts";
import { SEEDED_BUGS, type SeededBug, withBug } from "./seeded-bugs.ts";
import type { Cluster } from "./world.ts";

export interface Hunt {
  readonly bug: SeededBug;
  /** The plan that turned red, and the first thing that did not hold; undefined where the bug got away. */
  readonly caughtBy: string | undefined;
  readonly plans: number;
}

/** A bug may stop the operator from ever getting there; that is red as well, and need not take long. */
const LIMIT_MS = 5_000;
const MOST_PLANS = 60;
const TEXTBOOK_PLANS = 40;

/** Plays the plans that may show a bug, until one turns red. */
export async function hunt(
  cluster: Cluster,
  bug: SeededBug,
  references: ReadonlyMap<Scenario, Outcome>,
): Promise<Hunt> {
  const plans = plansThatMayShow(bug, references);
  return withBug(bug, async (source) => {
    for (const [index, plan] of plans.entries()) {
      const { faults } = await play(cluster, plan, { source, limitMs: LIMIT_MS }).catch(stuck);
      if (faults[0] === undefined) continue;
      // Red proves something only where ours is green in the same time.
      const ours = await play(cluster, plan, { limitMs: LIMIT_MS }).catch(stuck);
      if (ours.faults.length > 0) continue;
      return { bug, caughtBy: `${describePlan(plan)}: ${faults[0]}`, plans: index + 1 };
    }
    return { bug, caughtBy: undefined, plans: plans.length };
  });
}

export async function huntAll(
  cluster: Cluster,
  references: ReadonlyMap<Scenario, Outcome>,
  tell: (result: Hunt) => void,
  nameContains = "",
): Promise<readonly Hunt[]> {
  const results: Hunt[] = [];
  for (const bug of SEEDED_BUGS.filter(({ name }) => name.includes(nameContains))) {
    const result = await hunt(cluster, bug, references);
    results.push(result);
    tell(result);
  }
  return results;
}

/** Plays the textbook operator through the same faults. Returns the outcomes that are not green. */
export async function playTextbook(
  cluster: Cluster,
  scenario: Scenario,
  reference: Outcome,
): Promise<{ readonly plans: number; readonly doubles: number; readonly left: number }> {
  const source = join(PROJECT, "test/faults/textbook-operator");
  const all = plansFor(scenario, reference).filter(({ fault }) => fault?.type === "answer");
  const plans = sample(all, TEXTBOOK_PLANS, TEXTBOOK_PLANS);
  const undisturbed = await play(cluster, { scenario }, { source, limitMs: LIMIT_MS });
  if (undisturbed.convergedMs === undefined || undisturbed.mostAlive !== 1) {
    throw new Error("the textbook operator fails undisturbed, so its doubles would prove nothing");
  }
  const outcomes: Outcome[] = [];
  for (const plan of plans) {
    outcomes.push(await play(cluster, plan, { source, limitMs: LIMIT_MS }));
  }
  return {
    plans: plans.length,
    doubles: outcomes.filter(({ mostAlive }) => mostAlive > 1).length,
    left: outcomes.filter(({ faults }) => faults.length > 0).length,
  };
}

function plansThatMayShow(
  { scenario: name, shows }: SeededBug,
  references: ReadonlyMap<Scenario, Outcome>,
): Plan[] {
  const found = [...references].find(([scenario]) => scenario.name === name);
  if (found === undefined) throw new Error(`there is no scenario "${name}"`);
  const [scenario, reference] = found;
  if (shows === undefined) return [{ scenario }];
  return plansFor(scenario, reference)
    .filter(({ fault }) => fault !== undefined && shows(fault))
    .slice(0, MOST_PLANS);
}

/** The operator did not even get through what comes before the fault. */
function stuck(error: unknown): Pick<Outcome, "faults"> {
  return {
    faults: [error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)],
  };
}
