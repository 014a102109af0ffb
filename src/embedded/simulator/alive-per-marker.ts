import type { LedgerEntry } from "./ledger.ts";

const MARKER = / (k8s-[a-z2-7]{12})$/;

/** The marker at the end of a label, if there is one. */
export function markerOf(label: string): string | undefined {
  return MARKER.exec(label)?.[1];
}

export interface MarkerHistory {
  readonly kind: string;
  readonly marker: string;
  /** Every thing that ever bore it. */
  readonly ids: readonly (number | string)[];
  /** The greatest number of them alive at one time. */
  readonly mostAlive: number;
  /** The longest unbroken time with two or more alive, in milliseconds. */
  readonly longestTwinsMs: number;
}

interface Change {
  readonly atMs: number;
  readonly step: 1 | -1;
}

interface Bearers {
  readonly kind: string;
  readonly marker: string;
  readonly ids: Set<number | string>;
  readonly changes: Change[];
}

/**
 * For each kind and marker, how many things bore it at once, over the whole history of a ledger up to `nowMs`.
 *
 * `until` says how long a thing counts: until it is really `gone`, or until its deletion was accepted.
 */
export function mostAlivePerMarker(
  entries: readonly LedgerEntry[],
  nowMs: number,
  until: "gone" | "deleting" = "gone",
): MarkerHistory[] {
  const effects = entries.flatMap((entry) => entry.effects).toSorted((a, b) => a.atMs - b.atMs);
  const history = new Map<string, Bearers>();
  const borne = new Map<string, Bearers>();
  for (const { what, kind, id, label, atMs, goneAtMs } of effects) {
    const thing = `${kind}/${id}`;
    const endMs = what === "deleted" && until === "gone" ? (goneAtMs ?? atMs) : atMs;
    const marker = what === "deleted" ? undefined : markerOf(label);
    const before = borne.get(thing);
    if (before !== undefined && before.marker === marker) continue;
    before?.changes.push({ atMs: endMs, step: -1 });
    borne.delete(thing);
    if (marker === undefined) continue;
    const key = `${kind}/${marker}`;
    const bearers = history.get(key) ?? { kind, marker, ids: new Set(), changes: [] };
    history.set(key, bearers);
    bearers.ids.add(id);
    bearers.changes.push({ atMs, step: 1 });
    borne.set(thing, bearers);
  }
  return [...history.values()].map((bearers) => summaryOf(bearers, nowMs));
}

function summaryOf({ kind, marker, ids, changes }: Bearers, nowMs: number): MarkerHistory {
  // At one and the same moment an end comes before a beginning: that is no overlap.
  const past = changes
    .filter(({ atMs }) => atMs <= nowMs)
    .toSorted((a, b) => a.atMs - b.atMs || a.step - b.step);
  let alive = 0;
  let mostAlive = 0;
  let longestTwinsMs = 0;
  let twinsSinceMs: number | undefined;
  for (const { atMs, step } of past) {
    alive += step;
    mostAlive = Math.max(mostAlive, alive);
    if (alive >= 2) twinsSinceMs ??= atMs;
    else if (twinsSinceMs !== undefined) {
      longestTwinsMs = Math.max(longestTwinsMs, atMs - twinsSinceMs);
      twinsSinceMs = undefined;
    }
  }
  if (twinsSinceMs !== undefined) longestTwinsMs = Math.max(longestTwinsMs, nowMs - twinsSinceMs);
  return { kind, marker, ids: [...ids], mostAlive, longestTwinsMs };
}
