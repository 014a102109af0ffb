export type FieldValue = string | number | boolean | null | readonly (string | number)[];
export type Fields = Readonly<Record<string, FieldValue | undefined>>;

/** How one field of a spec may be brought about. Declared as data by each kind. */
export interface FieldRule {
  readonly field: string;
  /** For messages, such as `spec.size`. */
  readonly path: string;
  /** `fixed`: decided at creation; `grow`: may only become larger; `free`: may change. */
  readonly change: "fixed" | "grow" | "free";
  /** The operation that brings a value about, or the first step to it; unused for `fixed`. */
  readonly operationFor: (desired: FieldValue, observed: FieldValue) => string;
}

export interface Difference {
  readonly field: string;
  readonly path: string;
  readonly desired: FieldValue;
  readonly observed: FieldValue;
}

export interface Comparison {
  /** Differences in fields that cannot be changed after creation. */
  readonly fixed: readonly Difference[];
  /** Differences that would make a thing smaller that can only grow. */
  readonly shrinking: readonly Difference[];
  /** The first operation in the kind's order that has something to change. */
  readonly next?: Change;
  /** What `setBack` was to change still differs. */
  readonly isSetBack?: true;
}

export interface Change {
  readonly operation: string;
  readonly differences: readonly Difference[];
}

/**
 * Compares what is wanted with what is seen, field by field. A field that either side leaves out says nothing.
 *
 * @param order The kind's operations, the one to do first in front.
 * @param setBack Operations that have come to nothing: the others go on without them.
 */
export function compare(
  rules: readonly FieldRule[],
  order: readonly string[],
  desired: Fields,
  observed: Fields,
  setBack: readonly string[] = [],
): Comparison {
  const fixed: Difference[] = [];
  const shrinking: Difference[] = [];
  const byOperation = new Map<string, Difference[]>();
  for (const rule of rules) {
    const difference = differenceIn(rule, desired, observed);
    if (difference === undefined) continue;
    if (rule.change === "fixed") fixed.push(difference);
    else if (rule.change === "grow" && isShrinking(difference)) shrinking.push(difference);
    else {
      const operation = rule.operationFor(difference.desired, difference.observed);
      byOperation.set(operation, [...(byOperation.get(operation) ?? []), difference]);
    }
  }
  const hasSetBack = setBack.some((name) => byOperation.has(name));
  const operation = order.find((name) => !setBack.includes(name) && byOperation.has(name));
  const comparison = { fixed, shrinking, ...(hasSetBack ? { isSetBack: true as const } : {}) };
  if (operation === undefined) return comparison;
  return { ...comparison, next: { operation, differences: byOperation.get(operation) ?? [] } };
}

export function describeDifferences(differences: readonly Difference[]): string {
  return differences
    .map(({ path, desired, observed }) => `${path} ${show(observed)} → ${show(desired)}`)
    .join(", ");
}

function differenceIn(rule: FieldRule, desired: Fields, observed: Fields): Difference | undefined {
  const wanted = desired[rule.field];
  const seen = observed[rule.field];
  if (wanted === undefined || seen === undefined || isEqual(wanted, seen)) return undefined;
  return { field: rule.field, path: rule.path, desired: wanted, observed: seen };
}

function isShrinking({ desired, observed }: Difference): boolean {
  return typeof desired === "number" && typeof observed === "number" && desired < observed;
}

/** Lists are sets here: the order in which a provider names things carries no meaning. */
function isEqual(a: FieldValue, b: FieldValue): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  const seen = new Set<unknown>(b);
  return new Set<unknown>(a).size === seen.size && a.every((item) => seen.has(item));
}

function show(value: FieldValue): string {
  return JSON.stringify(value);
}
