import { markerOf } from "../../../src/embedded/simulator/alive-per-marker.ts";
import type { Reading } from "./reading.ts";
import { type Bounds, type History, isToStay } from "./history.ts";

/** The recorder sees an object a little later than it is there. */
const SLACK_MS = 250;

interface Step {
  readonly atMs: number;
  readonly step: 1 | -1;
}

/**
 * I14: what is billed beyond what resources want is bounded. A thing counts from its creation until it is gone; wanted is one for
 * each name that has a resource, and anything that was left on purpose.
 */
export function overspend(
  history: History,
  { doubleMs, overspendMs = doubleMs }: Bounds,
): string[] {
  return [...livesByName(history).keys()].flatMap((key) => {
    const ms = excessMs(history, key);
    return ms > overspendMs + SLACK_MS
      ? [`I14 money: ${key} was paid for ${Math.round(ms)} ms too much, more than ${overspendMs}`]
      : [];
  });
}

/** What the operator asked for, by kind and name as in the label's beginning, so that what bears a wrong marker is found as well. */
function livesByName({ entries, nowMs }: History): Map<string, Step[]> {
  const steps = new Map<string, Step[]>();
  const nameOf = new Map<string, string>();
  for (const { source, effects } of entries) {
    for (const { what, kind, id, label, atMs, goneAtMs } of effects) {
      const thing = `${kind}/${id}`;
      if (what === "created" && source === "api" && markerOf(label) !== undefined) {
        const name = `${kind} ${label.split(" ")[0]}`;
        nameOf.set(thing, name);
        steps.set(name, [...(steps.get(name) ?? []), { atMs, step: 1 }]);
      }
      const name = nameOf.get(thing);
      if (what === "deleted" && name !== undefined)
        steps.get(name)?.push({ atMs: Math.min(goneAtMs ?? atMs, nowMs), step: -1 });
    }
  }
  return steps;
}

function excessMs(history: History, key: string): number {
  if (isLeftOnPurpose(history, key)) return 0;
  const steps = (livesByName(history).get(key) ?? []).toSorted((a, b) => a.atMs - b.atMs);
  const wanted = wantedTimes(history, key);
  let count = 0;
  let sum = 0;
  for (const [index, { atMs, step }] of steps.entries()) {
    count += step;
    const untilMs = steps[index + 1]?.atMs ?? history.nowMs;
    const covered = wanted.reduce(
      (total, [from, to]) => total + Math.max(Math.min(to, untilMs) - Math.max(from, atMs), 0),
      0,
    );
    sum += Math.max(count * (untilMs - atMs) - covered, 0);
  }
  return sum;
}

/** From when an object of that name was there until it was gone. */
function wantedTimes({ revisions, nowMs, reading }: History, key: string): [number, number][] {
  const times: [number, number][] = [];
  for (const { type, kind, object, seenMs } of revisions) {
    if (keyOf(reading, kind, object.metadata) !== key) continue;
    const last = times.at(-1);
    if (type === "DELETED") {
      if (last !== undefined) last[1] = seenMs;
    } else if (last === undefined || last[1] !== nowMs) times.push([seenMs - SLACK_MS, nowMs]);
  }
  return times;
}

function isLeftOnPurpose({ revisions, reading }: History, key: string): boolean {
  return revisions.some(
    ({ kind, object }) => keyOf(reading, kind, object.metadata) === key && isToStay(object.spec),
  );
}

function keyOf(
  { thingKindOf }: Reading,
  kind: string,
  { namespace, name }: { namespace?: string; name: string },
): string {
  return `${thingKindOf(kind)} ${namespace}/${name}`;
}
