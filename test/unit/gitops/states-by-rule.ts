import type { Condition } from "../../../src/api/conditions.ts";
import { decide, RULES_BEFORE_LOOKING, RULES_OF_LIFE } from "../../../src/core/decide.ts";
import type { Decision } from "../../../src/core/decision.ts";
import { RULES_OF_DELETION } from "../../../src/core/rules-of-deletion.ts";
import { factsOf, type Situation } from "../../../src/core/situation.ts";
import { NOW_MS, situation } from "../core/situations.ts";
import type { Kstatus } from "./kstatus.ts";
import { type ArgoHealth, reported, type State } from "./state.ts";

const LISTS = {
  early: RULES_BEFORE_LOOKING,
  life: RULES_OF_LIFE,
  deletion: RULES_OF_DELETION,
} as const;

/** Every rule there is, as a row names it. */
export const ALL_RULES: readonly string[] = Object.entries(LISTS).flatMap(([list, rules]) =>
  rules.map(({ name }) => `${list}.${name}`),
);

export interface Row {
  /** List and rule, and after a colon what tells it from other rows of the rule. */
  readonly rule: string;
  readonly given: Partial<Situation>;
  /** What stood there before. */
  readonly before?: readonly Condition[];
  readonly kstatus: Kstatus;
  readonly argo?: ArgoHealth;
}

export function row(
  rule: string,
  given: Partial<Situation>,
  [kstatus, argo]: readonly [Kstatus, ArgoHealth?],
  before: readonly Condition[] = [],
): Row {
  return { rule, given, before, kstatus, ...(argo === undefined ? {} : { argo }) };
}

/** The state that a rule's decision leaves a resource in. */
export function stateOf({ rule, given, before = [], kstatus, argo }: Row): State {
  const whole = situation(given);
  const { resource } = whole;
  const asWritten = { ...whole, resource: { ...resource, conditions: before } };
  const decision = decide(asWritten, NOW_MS);
  const applied = appliedRule(asWritten, decision);
  if (applied !== rule.split(":")[0]) throw new Error(`${rule}: ${applied} applies`);
  const isHeld = resource.otherFinalizers.length > 0;
  const isLetGo = decision.action.do === "release" || !resource.hasFinalizer;
  const isOver = resource.isDeleting && isLetGo && !isHeld;
  const metadata = {
    conditions: before,
    ...(resource.isDeleting ? { deletionTimestamp: "2026-06-01T00:00:00Z" } : {}),
  };
  return {
    what: rule,
    object: isOver ? undefined : reported(decision.claims, metadata),
    kstatus,
    ...(argo === undefined ? {} : { argo }),
  };
}

/** Which rule it was, by asking one after the other as `decide` does. */
function appliedRule(whole: Situation, decision: Decision): string {
  const early = RULES_BEFORE_LOOKING.find((one) => one.apply(whole) !== undefined);
  if (early !== undefined) return `early.${early.name}`;
  const { observation, resource } = whole;
  if (observation === undefined) return decision.action.do;
  const list = resource.isDeleting ? "deletion" : "life";
  const facts = factsOf(whole, observation, NOW_MS);
  return `${list}.${LISTS[list].find((one) => one.apply(facts) !== undefined)?.name}`;
}
