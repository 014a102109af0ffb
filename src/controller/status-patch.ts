import { isDeepStrictEqual } from "node:util";
import { type ConditionClaim, mergeConditions } from "../api/conditions.ts";
import { betterKnown } from "../core/credential.ts";
import { type AccountName, OPERATORS_OWN } from "../core/account-name.ts";
import { claim } from "../core/decision.ts";
import type { RemoteThing } from "../core/observation.ts";
import type { ManagedObject, ManagedStatus } from "./managed-object.ts";

export interface StatusInput {
  readonly object: ManagedObject;
  readonly claims: readonly ConditionClaim[];
  /** What was seen of the remote thing; left out where nothing was. */
  readonly thing?: RemoteThing | undefined;
  readonly statusId: (id: string) => number | string;
  /** Name of the credential that saw it. */
  readonly seenWith?: string | undefined;
  /** Name of the account in which it is. */
  readonly account?: AccountName | undefined;
  /** The recorded thing is gone for good: everything mirrored from it goes too. */
  readonly forgets: boolean;
  /** The answered value of the annotation that asks for a look. */
  readonly handledReconcileAt?: string | undefined;
  readonly at: string;
}

/** The operator's own fields; everything else in `status` mirrors the remote thing. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  "observedGeneration",
  "lastHandledReconcileAt",
  "conditions",
]);

/**
 * The merge patch that brings `status` up to date, or undefined where nothing has changed. Only what differs is in it; a field that
 * is gone is null.
 */
export function statusPatch(input: StatusInput): Record<string, unknown> | undefined {
  const before: ManagedStatus = input.object.status ?? {};
  const after = nextStatus(input, before);
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...fields].filter((field) => !isDeepStrictEqual(before[field], after[field]));
  if (changed.length === 0) return undefined;
  return Object.fromEntries(changed.map((field) => [field, after[field] ?? null]));
}

function nextStatus(input: StatusInput, before: ManagedStatus): Record<string, unknown> {
  const { object, claims, thing, account, forgets, handledReconcileAt, at } = input;
  const generation = object.metadata.generation ?? 0;
  const seenWith = betterKnown(input.seenWith, before.seenWith);
  const mirrored =
    thing === undefined
      ? forgets
        ? {}
        : mirroredOf(before)
      : { id: input.statusId(thing.id), seenWith, account: writtenAs(account), ...thing.status };
  return withoutEmpty({
    ...mirrored,
    observedGeneration: generation,
    lastHandledReconcileAt: handledReconcileAt ?? before.lastHandledReconcileAt,
    conditions: mergeConditions(before.conditions, withReady(claims, before), generation, at),
  });
}

/** What is said beside `Ready` leaves that as it was; where it never was, or somebody has taken it away, nobody knows. */
function withReady(
  claims: readonly ConditionClaim[],
  { conditions }: ManagedStatus,
): readonly ConditionClaim[] {
  const [first] = claims;
  const isTold = [...claims, ...(conditions ?? [])].some(({ type }) => type === "Ready");
  if (first === undefined || isTold) return claims;
  return [claim("Ready", "Unknown", [first.reason, first.message]), ...claims];
}

/** The operator's own is what is meant where none is written. */
function writtenAs(account: AccountName | undefined): AccountName | undefined {
  return account === OPERATORS_OWN ? undefined : account;
}

function mirroredOf(status: ManagedStatus): Record<string, unknown> {
  return Object.fromEntries(Object.entries(status).filter(([field]) => !OWN_FIELDS.has(field)));
}

/** The API server stores no undefined, and some refuse an empty text; without them a stored status and a new one compare equal. */
function withoutEmpty(value: Record<string, unknown>): Record<string, unknown> {
  const copy: unknown = JSON.parse(
    JSON.stringify(value, (_, one: unknown) => (one === "" ? undefined : one)),
  );
  return typeof copy === "object" && copy !== null ? { ...copy } : {};
}
