import { isReason } from "../api/conditions.ts";
import type { Change, FieldValue } from "./diff.ts";
import type { Setback } from "./observation.ts";

/** Never in an entry: what is encoded has no space. */
const SEPARATOR = ", ";

/**
 * A change that was asked for and whose failure shows only in what the provider did since, written to the object before the request
 * leaves. It outlives the process: without it a change that came to nothing would be asked for again and again.
 */
export interface Asked {
  readonly operation: string;
  /** What was wanted, in a form that is the same for the same wish. */
  readonly wanted: string;
  /** In the provider's own time; see `RemoteKind.timeMark`. */
  readonly after: string;
  /** RFC 3339 wall time of the writer; for people. */
  readonly time: string;
  /** What became of it. Written down once it is known, for a provider forgets its tasks. */
  readonly setback?: Setback | undefined;
  /** What was asked for before it of other operations and came to nothing: at most one of each, themselves without this. */
  readonly failedBefore?: readonly Asked[] | undefined;
}

/** It and what failed before it. */
export function allOf(asked: Asked | undefined): readonly Asked[] {
  if (asked === undefined) return [];
  const { failedBefore = [], ...latest } = asked;
  return [latest, ...failedBefore];
}

/** What has come to nothing so far, seen from a new request for `operation`: forgotten, it would be asked for again. */
export function failuresBefore(
  asked: Asked | undefined,
  operation: string,
): readonly Asked[] | undefined {
  const failed = allOf(asked).filter(
    (one) => one.setback !== undefined && one.operation !== operation,
  );
  return failed.length === 0 ? undefined : failed;
}

export function wantedIn({ differences }: Change): string {
  return wordOfWish(differences.map(({ field, desired }) => [field, desired]));
}

export function wordOfWish(
  fields: readonly (readonly [field: string, value: FieldValue])[],
): string {
  return JSON.stringify(fields);
}

/** The latest in front. */
export function formatAsked(asked: Asked): string {
  return allOf(asked).map(formatOne).join(SEPARATOR);
}

function formatOne({ operation, wanted, after, time, setback }: Asked): string {
  const failed = setback === undefined ? {} : { setback: JSON.stringify(setback) };
  const fields = { operation, wanted, after, ...failed };
  return `${time} ${new URLSearchParams(fields).toString()}`;
}

/** Undefined for an absent annotation, and for one that nobody can read: then it is asked for anew. */
export function parseAsked(annotation: string | undefined): Asked | undefined {
  const [asked, ...others] = (annotation ?? "").split(SEPARATOR).map(parseOne);
  if (asked === undefined) return undefined;
  const failed = others.filter((one) => one !== undefined);
  return failed.length === 0 ? asked : { ...asked, failedBefore: failed };
}

function parseOne(line: string): Asked | undefined {
  const [time = "", text = ""] = line.split(" ", 2);
  const fields = new URLSearchParams(text);
  const [operation, wanted, after] = ["operation", "wanted", "after"].map((name) =>
    fields.get(name),
  );
  if (typeof operation !== "string" || typeof wanted !== "string" || typeof after !== "string")
    return undefined;
  return { operation, wanted, after, time, setback: parseSetback(fields.get("setback")) };
}

/** What nobody can read says nothing: then the provider is asked again. */
function parseSetback(text: string | null): Setback | undefined {
  if (text === null) return undefined;
  try {
    const { operations, reason, message }: Partial<Record<keyof Setback, unknown>> = Object(
      JSON.parse(text),
    );
    if (!Array.isArray(operations) || typeof message !== "string" || !isReason(reason))
      return undefined;
    return { operations: operations.map(String), reason, message };
  } catch {
    return undefined;
  }
}

/** The same was asked for before, so nothing need be written anew: what became of it since then counts. */
export function isAskedFor(asked: Asked | undefined, change: Change): boolean {
  return asked?.operation === change.operation && asked.wanted === wantedIn(change);
}
