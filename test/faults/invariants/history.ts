import type { LedgerEntry } from "../../../src/embedded/simulator/ledger.ts";
import { markerOf } from "../../../src/embedded/simulator/alive-per-marker.ts";
import type { Revision } from "../cluster-history.ts";
import type { Exchange } from "../message-proxy.ts";
import type { Reading } from "./reading.ts";

export interface History {
  readonly entries: readonly LedgerEntry[];
  readonly revisions: readonly Revision[];
  /** What went between the operator and the API server. */
  readonly exchanges: readonly Exchange[];
  readonly nowMs: number;
  /** What every operator logged. */
  readonly log: string;
  /** Where revisions may be missing, each in a sentence. */
  readonly holes: readonly string[];
  readonly reading: Reading;
}

/** What a provider was asked, and how that is to be read. */
export type Remote = Pick<History, "entries" | "reading">;

export interface Bounds {
  /** How long two things with one marker may live, in milliseconds; 0 where a lost answer is not part of the plan. */
  readonly doubleMs: number;
  /** Request timeout plus settle time. */
  readonly quietMs: number;
  /** Remote calls of the whole plan. */
  readonly calls: number;
  /** Ids that the plan's user asked to adopt. */
  readonly adopted: ReadonlySet<number | string>;
  /** Remote calls that may come in within any one second. */
  readonly callsPerSecond?: number;
  /** How long, summed over all things, more may live than resources want, in milliseconds; by default as long as doubles may. */
  readonly overspendMs?: number;
  /** How long `Ready=True` may outlive what it says, in milliseconds. */
  readonly honestMs?: number;
  /** Texts that must be found nowhere, such as tokens. */
  readonly canaries: readonly string[];
}

/** Where the API server has the resources. */
export function groupPath({ group }: Reading): string {
  return `/apis/${group}/`;
}

export function posts({ entries, reading }: Remote): LedgerEntry[] {
  return entries.filter((entry) => entry.source === "api" && reading.isCreate(entry));
}

/** What the operator asked to be changed at the provider. */
export function mutations({ entries, reading }: Remote): LedgerEntry[] {
  return entries.filter((entry) => entry.source === "api" && reading.isMutation(entry));
}

export function isRefused({ status, effects }: LedgerEntry, { refusals }: Reading): boolean {
  return status !== undefined && refusals.has(status) && effects.length === 0;
}

export function labelOfBody(body: unknown, { labelField }: Reading): string {
  const fields: Readonly<Record<string, unknown>> = Object(body);
  const label = fields[labelField];
  return typeof label === "string" ? label : "";
}

export function markerOfBody(body: unknown, reading: Reading): string {
  return markerOf(labelOfBody(body, reading)) ?? "(no marker)";
}

export function isToStay(spec: Readonly<Record<string, unknown>> | undefined): boolean {
  return spec?.["deletionPolicy"] === "Retain" || spec?.["managementPolicy"] === "ObserveOnly";
}

export function isProtected(spec: Readonly<Record<string, unknown>> | undefined): boolean {
  return spec?.["deletionProtection"] === true;
}

export function statusIdOf({ object }: Revision): number | string | undefined {
  const id = object.status?.["id"];
  return typeof id === "number" || typeof id === "string" ? id : undefined;
}

export interface SeenCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly lastTransitionTime: string;
}

export function conditionsOf({ object }: Revision): readonly SeenCondition[] {
  const conditions = object.status?.["conditions"];
  return Array.isArray(conditions) ? conditions : [];
}

/** When a thing was really gone; undefined while it lives. */
export function goneAtMs(
  entries: readonly LedgerEntry[],
  kind: string,
  id: number | string,
): number | undefined {
  const deleted = entries
    .flatMap(({ effects }) => effects)
    .find((effect) => effect.what === "deleted" && effect.kind === kind && effect.id === id);
  return deleted === undefined ? undefined : (deleted.goneAtMs ?? deleted.atMs);
}

/** The revisions of each object, oldest first. */
export function revisionsByUid(revisions: readonly Revision[]): Revision[][] {
  const byUid = new Map<string, Revision[]>();
  for (const revision of revisions) {
    const { uid } = revision.object.metadata;
    const list = byUid.get(uid) ?? [];
    list.push(revision);
    byUid.set(uid, list);
  }
  return [...byUid.values()];
}
