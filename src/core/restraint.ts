import { compare, describeDifferences, type FieldValue } from "./diff.ts";
import type { RemoteThing } from "./observation.ts";
import type { Obstacle, Situation } from "./situation.ts";

/** A value in which a thing takes some operations not at all, and which may be just what is wanted. */
export interface Restraint {
  readonly field: string;
  readonly value: FieldValue;
  /** What is refused meanwhile; what a person would call the change in front. */
  readonly operations: readonly string[];
  /** For a sentence: what a thing of that value is. */
  readonly called: string;
  readonly advice: string;
}

/** Sent all the same, the next operation would be refused again and again. */
export function restraintOn(
  { kind, wish }: Situation,
  thing: RemoteThing | undefined,
  next: string | undefined,
): Obstacle | undefined {
  const { restraint } = kind;
  if (restraint === undefined || thing === undefined || next === undefined) return undefined;
  const { field, value, operations, called, advice } = restraint;
  if (thing.fields[field] !== value || !operations.includes(next)) return undefined;
  const setBack = thing.setback?.operations;
  const held = compare(kind.fields, operations, wish.fields, thing.fields, setBack).next;
  const what = describeDifferences(held?.differences ?? []);
  const message = `cannot be changed while it is ${called}: ${what}; ${advice}`;
  return { reason: "PreconditionFailed", message, isStalled: true };
}
