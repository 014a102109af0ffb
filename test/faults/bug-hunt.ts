import { join } from "node:path";
import { PROJECT } from "../project.ts";
import { describePlan, plansFor, sample } from "./campaign.ts";
import type { Provider } from "./cloud.ts";
import { nameWith } from "./every-provider.ts";
import { type Outcome, type Plan, play } from "./plan.ts";
import { bundled } from "./programs.ts";
import type { Scenario } from "./scenario.ts";
import { SEEDED_BUGS } from "./seeded-bugs/all.ts";
import type { SeededBug as AnyBug } from "./seeded-bugs/seeded-bug.ts";
import { programWith } from "./seeded-bugs/with-bug.ts";
import { TRIALS } from "./trials/all.ts";
import { playTrial } from "./trials/trial.ts";
import type { Cluster } from "./world.ts";

type SeededBug = AnyBug & { readonly provider: Provider };

export interface Hunt {
  readonly bug: SeededBug;
  /** The plan that turned red, and the first thing that did not hold; undefined where the bug got away. */
  readonly caughtBy: string | undefined;
  readonly plans: number;
}

/** Something to play that may show a bug. Returns the first thing that did not hold. */
interface Chance {
  readonly name: string;
  readonly play: (program?: string) => Promise<string | undefined>;
}

/** A bug may stop the operator from ever getting there; that is red as well, and need not take long. */
const LIMIT_MS = 5_000;
const MOST_PLANS = 60;
/** Of each sort: killed, and answered otherwise. */
const TEXTBOOK_PLANS = 20;
/** Whether a bug shows can hang on milliseconds; it gets away only where it never does. */
const ROUNDS = 3;

/** Plays what may show a bug, until something turns red. */
async function hunt(
  cluster: Cluster,
  bug: SeededBug,
  references: ReadonlyMap<Scenario, Outcome>,
): Promise<Hunt> {
  const chances = chancesOf(cluster, bug, references);
  const program = await programWith(bug);
  const rounds = Array.from({ length: ROUNDS }, () => chances).flat();
  for (const [index, chance] of rounds.entries()) {
    const fault = await chance.play(program);
    // Red proves something only where ours is green in the same time.
    if (fault === undefined || (await chance.play()) !== undefined) continue;
    return { bug, caughtBy: `${chance.name}: ${fault}`, plans: index + 1 };
  }
  return { bug, caughtBy: undefined, plans: rounds.length };
}

export async function huntAll(
  cluster: Cluster,
  references: ReadonlyMap<Scenario, Outcome>,
  tell: (result: Hunt) => void,
  isMeant: (bug: SeededBug) => boolean,
): Promise<readonly Hunt[]> {
  const results: Hunt[] = [];
  for (const bug of SEEDED_BUGS.filter(isMeant)) {
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
): Promise<{ readonly plans: number; readonly doubles: number; readonly left: number }> {
  const program = await bundled(join(PROJECT, "test/faults/textbook-operator"));
  const undisturbed = await play(cluster, { scenario }, { program, limitMs: LIMIT_MS });
  if (undisturbed.convergedMs === undefined || undisturbed.mostAlive !== 1) {
    throw new Error("the textbook operator fails undisturbed, so its doubles would prove nothing");
  }
  // At its own messages: it sends fewer than ours, and what comes at a later one would disturb nothing.
  const all = plansFor(scenario, undisturbed);
  const plans = (["kill", "answer"] as const).flatMap((type) =>
    sample(
      all.filter(({ fault }) => fault?.type === type),
      TEXTBOOK_PLANS,
      TEXTBOOK_PLANS,
    ),
  );
  const outcomes: Outcome[] = [];
  for (const plan of plans) {
    outcomes.push(await play(cluster, plan, { program, limitMs: LIMIT_MS }));
  }
  return {
    plans: plans.length,
    doubles: outcomes.filter(({ mostAlive }) => mostAlive > 1).length,
    left: outcomes.filter(({ faults }) => faults.length > 0).length,
  };
}

function chancesOf(
  cluster: Cluster,
  bug: SeededBug,
  references: ReadonlyMap<Scenario, Outcome>,
): readonly Chance[] {
  if ("trials" in bug) {
    const { provider } = bug;
    const isMeant = (name: string): boolean =>
      bug.trials.some((start) => name.startsWith(nameWith(provider, start)));
    const trials = TRIALS.filter(({ name }) => isMeant(name));
    if (trials.length === 0) throw new Error(`no trial begins with ${bug.trials.join(" or ")}`);
    return trials.map((trial) => ({
      name: trial.name,
      play: (program) => firstFaultOf(playTrial(cluster, trial, program)),
    }));
  }
  return plansThatMayShow(bug, references).map((plan) => ({
    name: describePlan(plan),
    play: (program) =>
      firstFaultOf(
        play(cluster, plan, { limitMs: LIMIT_MS, ...(program === undefined ? {} : { program }) }),
      ),
  }));
}

function plansThatMayShow(
  { scenario: course, shows, provider }: Extract<SeededBug, { scenario: string }>,
  references: ReadonlyMap<Scenario, Outcome>,
): Plan[] {
  const name = nameWith(provider, course);
  const found = [...references].find(([scenario]) => scenario.name === name);
  if (found === undefined) throw new Error(`there is no scenario "${name}"`);
  const [scenario, reference] = found;
  if (shows === undefined) return [{ scenario }];
  return plansFor(scenario, reference)
    .filter(({ fault }) => fault !== undefined && shows(fault))
    .slice(0, MOST_PLANS);
}

/** An operator that does not even get through what comes before the fault is red as well. */
async function firstFaultOf(
  playing: Promise<{ readonly faults: readonly string[] }>,
): Promise<string | undefined> {
  try {
    return (await playing).faults[0];
  } catch (error) {
    return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  }
}
