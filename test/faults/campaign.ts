import {
  type AnswerName,
  ANSWERS,
  describeFault,
  isTelling,
  doubleMsOf,
  type Fault,
  type Side,
} from "./fault.ts";
import { type Message, MOMENTS } from "./message-proxy.ts";
import { type Outcome, type Plan, play, type PlanOptions } from "./plan.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { Cluster } from "./world.ts";

const SIDES: readonly Side[] = ["Kubernetes", "provider"];
// The names are exactly the keys of the table.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const ANSWER_NAMES = Object.keys(ANSWERS) as AnswerName[];
/** Messages that a run may have more than the reference run: ticks and retries fall differently each time. */
const SPARE_MESSAGES = 2;

/** Every single fault in a scenario: each message of the reference run, on each side, at each moment, in each way. */
export function plansFor(scenario: Scenario, reference: Outcome): Plan[] {
  const faults = SIDES.flatMap((side) => {
    const messages = reference.messages[side];
    const count = messages.length + SPARE_MESSAGES;
    const indexes = Array.from({ length: count }, (_, position) => position + 1);
    return indexes.flatMap((index) => faultsAt(side, index, messages));
  });
  return faults
    .filter((fault) => !(scenario.endsGone && doubleMsOf(fault) > 0))
    .map((fault) => ({ scenario, fault }));
}

function faultsAt(side: Side, index: number, messages: readonly Message[]): Fault[] {
  const kills = MOMENTS.map((moment) => ({ type: "kill", side, index, moment }) as const);
  const cuts = MOMENTS.filter((moment) => moment !== "after its answer").map(
    (moment) => ({ type: "cut", side, index, moment }) as const,
  );
  // Messages fall a little differently each time: what may be meant is this one or its neighbours.
  const meant = messages.slice(Math.max(index - 2, 0), index + 1);
  const answers = ANSWER_NAMES.filter((answer) =>
    (meant.length === 0 ? messages : meant).some((message) => isTelling(answer, message)),
  ).map((answer) => ({ type: "answer", index, answer }) as const);
  return [...kills, ...cuts, ...(side === "provider" ? answers : [])];
}

/** Plays each scenario once undisturbed; what fails here has nothing to do with faults. */
export async function playReferences(
  cluster: Cluster,
  scenarios: readonly Scenario[] = SCENARIOS,
  options: PlanOptions = {},
): Promise<Map<Scenario, Outcome>> {
  const references = new Map<Scenario, Outcome>();
  for (const scenario of scenarios) {
    references.set(scenario, await play(cluster, { scenario }, options));
  }
  return references;
}

/** Plays plans, so many at a time, and tells each outcome as it comes. */
export async function playAll(
  cluster: Cluster,
  plans: readonly Plan[],
  tell: (outcome: Outcome) => void,
  options: PlanOptions & { readonly concurrency: number },
): Promise<void> {
  await inTurn(plans, options.concurrency, async (plan) =>
    tell(await play(cluster, plan, options)),
  );
}

/** Does something with each, so many at a time. */
export async function inTurn<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

export function describePlan({ scenario, fault }: Plan): string {
  return `${scenario.name}: ${describeFault(fault)}`;
}

/** A reproducible choice of so many plans, spread over all of them. */
export function sample(plans: readonly Plan[], count: number, seed: number): Plan[] {
  const random = mulberry32(seed);
  return plans
    .map((plan) => ({ plan, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, count)
    .map(({ plan }) => plan);
}

/** A small seeded generator; the plans are few, so any spread will do. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
