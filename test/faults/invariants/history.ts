import type { LedgerEntry } from "../../../src/embedded/simulator/ledger.ts";
import { markerOf } from "../../../src/embedded/simulator/alive-per-marker.ts";
import type { Revision } from "../cluster-history.ts";
import type { Exchange } from "../message-proxy.ts";

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
}

export interface Bounds {
  /** How long two things with one marker may live, in milliseconds; 0 where a lost answer is not part of the plan. */
  readonly doubleMs: number;
  /** Request timeout plus settle time. */
  readonly quietMs: number;
  /** Remote calls of the whole plan. */
  readonly calls: number;
  /** Ids that the plan's user asked to adopt. */
  readonly adopted: ReadonlySet<number>;
  /** Remote calls that may come in within any one second. */
  readonly callsPerSecond?: number;
  /** How long, summed over all things, more may live than resources want, in milliseconds; by default as long as doubles may. */
  readonly overspendMs?: number;
  /** How long `Ready=True` may outlive what it says, in milliseconds. */
  readonly honestMs?: number;
  /** Texts that must be found nowhere, such as tokens. */
  readonly canaries: readonly string[];
}

export const GROUP_PATH = "/apis/hpc-park.ru/";
/** A refusal that the contract documents. */
const REFUSALS: ReadonlySet<number> = new Set([401, 402, 403, 404, 409, 422, 429]);
const NUMBERED = /\/(instance|storage)\/?(\d+)/;

export function posts(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return entries.filter(({ source, method }) => source === "api" && method === "POST");
}

/** What the operator asked to be changed, at HPC Park. */
export function mutations(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return entries.filter(({ source, method }) => source === "api" && method !== "GET");
}

export function isRefused({ status, effects }: LedgerEntry): boolean {
  return status !== undefined && REFUSALS.has(status) && effects.length === 0;
}

/** The kind and the id that a request names, as `instance/1001`. */
export function thingOf({ path }: LedgerEntry): { kind: string; id: number } | undefined {
  const [, kind, id] = NUMBERED.exec(path) ?? [];
  return kind === undefined ? undefined : { kind, id: Number(id) };
}

export function labelOfBody(body: unknown): string {
  const label = typeof body === "object" && body !== null && "label" in body ? body.label : "";
  return typeof label === "string" ? label : "";
}

export function markerOfBody(body: unknown): string {
  return markerOf(labelOfBody(body)) ?? "(no marker)";
}

export function thingKindOf(kind: string): "instance" | "storage" {
  return kind === "HpcStorage" ? "storage" : "instance";
}

export function isToStay(spec: Readonly<Record<string, unknown>> | undefined): boolean {
  return spec?.["deletionPolicy"] === "Retain" || spec?.["managementPolicy"] === "ObserveOnly";
}

export function statusIdOf({ object }: Revision): number | undefined {
  const id = object.status?.["id"];
  return typeof id === "number" ? id : undefined;
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
  id: number,
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
