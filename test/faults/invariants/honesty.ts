import type { Revision } from "../cluster-history.ts";
import {
  type Bounds,
  conditionsOf,
  goneAtMs,
  type History,
  revisionsByUid,
  statusIdOf,
} from "./history.ts";

/** Two ticks, and what a killed operator takes to come up again on a slow machine. */
const HONEST_MS = 6_000;

/**
 * I15: `Ready=True` does not outlive what it says: the thing is there, and its list could be read. Judged over unbroken times, so a plan in
 * which no operator can write needs another bound.
 */
export function honest(history: History, { honestMs = HONEST_MS }: Bounds): string[] {
  const { isOfThing } = history.reading;
  // Of an account the lists of what is in it say nothing.
  const ofThings = history.revisions.filter(({ kind }) => isOfThing(kind));
  return revisionsByUid(ofThings).flatMap((revisions) => {
    const last = revisions.at(-1);
    const endMs = last?.type === "DELETED" ? last.seenMs : history.nowMs;
    return readyTimes(revisions, endMs).flatMap((time) => liesIn(time, history, honestMs));
  });
}

interface ReadyTime {
  readonly revision: Revision;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Each unbroken time in which one id was said to be ready. */
function readyTimes(revisions: readonly Revision[], endMs: number): ReadyTime[] {
  const times: ReadyTime[] = [];
  let current: { revision: Revision; fromMs: number } | undefined;
  for (const revision of revisions) {
    const isSame = current !== undefined && statusIdOf(current.revision) === statusIdOf(revision);
    if (isReady(revision) && isSame) continue;
    if (current !== undefined) times.push({ ...current, toMs: revision.seenMs });
    current = isReady(revision) ? { revision, fromMs: revision.seenMs } : undefined;
  }
  return current === undefined ? times : [...times, { ...current, toMs: endMs }];
}

function isReady(revision: Revision): boolean {
  return conditionsOf(revision).some(({ type, status }) => type === "Ready" && status === "True");
}

function liesIn(
  { revision, fromMs, toMs }: ReadyTime,
  { entries, reading }: History,
  limitMs: number,
): string[] {
  const { name } = revision.object.metadata;
  const kind = reading.thingKindOf(revision.kind);
  const id = statusIdOf(revision);
  const goneMs = id === undefined ? undefined : goneAtMs(entries, kind, id);
  const absentMs = goneMs === undefined ? 0 : toMs - Math.max(goneMs, fromMs);
  const looks = entries.filter(
    ({ operation, status, inMs, isUndelivered }) =>
      operation === reading.listOf(kind) &&
      status === 200 &&
      isUndelivered === undefined &&
      inMs > fromMs &&
      inMs < toMs,
  );
  const times = [fromMs, ...looks.map(({ inMs }) => inMs), toMs];
  const blindMs = Math.max(...times.map((time, index) => time - (times[index - 1] ?? time)));
  return [
    ...(absentMs > limitMs
      ? [`I15 honest: ${name} was Ready for ${Math.round(absentMs)} ms after ${id} was gone`]
      : []),
    ...(blindMs > limitMs
      ? [`I15 honest: ${name} was Ready for ${Math.round(blindMs)} ms without a look`]
      : []),
  ];
}
