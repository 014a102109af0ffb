import { RULES_BEFORE_LOOKING, RULES_OF_LIFE } from "../../src/core/decide.ts";
import { RULES_OF_DELETION } from "../../src/core/rules-of-deletion.ts";
import type { Rule } from "../../src/core/rule.ts";

/** How often each thing happened: what a model never exercised, it never proved. */
export class Counts {
  readonly #counts = new Map<string, number>();

  add(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** The sum of all that begin so. */
  under(prefix: string): number {
    return [...this.#counts].reduce(
      (sum, [name, count]) => (name.startsWith(prefix) ? sum + count : sum),
      0,
    );
  }

  /** One line per name, in order. */
  table(): string[] {
    const names = [...this.#counts.keys()].toSorted();
    const width = Math.max(...names.map(({ length }) => length));
    return names.map((name) => `${name.padEnd(width)}  ${this.of(name)}`);
  }
}

const SETS: readonly (readonly [string, readonly Rule<never>[]])[] = [
  ["rule/before looking", RULES_BEFORE_LOOKING],
  ["rule/of deletion", RULES_OF_DELETION],
  ["rule/of life", RULES_OF_LIFE],
];

/** The name under which each rule of `decide` is counted. */
export function ruleNames(): string[] {
  return SETS.flatMap(([set, rules]) => rules.map(({ name }, index) => nameOf(set, index, name)));
}

/** Counts each rule that settles a matter, from now on; the returned function ends that. */
export function countRules(counts: Counts): () => void {
  const undo = SETS.flatMap(([set, rules]) =>
    rules.map((rule, index) => counting(rule, () => counts.add(nameOf(set, index, rule.name)))),
  );
  return () => {
    for (const stop of undo) stop();
  };
}

function counting(rule: Rule<never>, count: () => void): () => void {
  const { apply } = rule;
  const counted: Rule<never>["apply"] = (input) => {
    const decision = apply(input);
    if (decision !== undefined) count();
    return decision;
  };
  Object.assign(rule, { apply: counted });
  return () => void Object.assign(rule, { apply });
}

/** Two rules may lead to the same outcome; their place tells them apart. */
function nameOf(set: string, index: number, name: string): string {
  return `${set} ${String(index + 1).padStart(2, "0")} ${name}`;
}
