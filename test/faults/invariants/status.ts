import type { Exchange } from "../message-proxy.ts";
import type { Revision } from "../cluster-history.ts";
import {
  conditionsOf,
  goneAtMs,
  groupPath,
  type History,
  revisionsByUid,
  statusIdOf,
} from "./history.ts";

/** Conditions count whole seconds. */
const SECOND_MS = 1_000;
const SLACK_MS = 150;
/** A status is decided upon before it is written; what is written late bears the earlier second. */
const WRITTEN_WITHIN_MS = 2_000;

/** I7: what a status says never goes back, and the spec is the user's. */
export function statusNeverRegresses(history: History): string[] {
  const objects = revisionsByUid(history.revisions);
  return [
    ...objects.flatMap(generationsOf),
    ...objects.flatMap(transitionsOf),
    ...objects.flatMap((revisions) => idsOf(revisions, history)),
    ...specIsTheUsers(history),
  ];
}

/** observedGeneration never falls nor runs ahead. */
function generationsOf(revisions: readonly Revision[]): string[] {
  const found: string[] = [];
  // What a resource begins with, before anybody has looked at it.
  let previous = -1;
  for (const { object } of revisions) {
    const { generation = 0, name } = object.metadata;
    const observed = Number(object.status?.["observedGeneration"] ?? 0);
    if (observed > generation)
      found.push(`I7 status: ${name} observes generation ${observed} of ${generation}`);
    if (observed < previous) found.push(`I7 status: ${name} went back to generation ${observed}`);
    previous = observed;
  }
  return found;
}

/** lastTransitionTime changes when the status of its condition does, and only then. */
function transitionsOf(revisions: readonly Revision[]): string[] {
  const found: string[] = [];
  /** When the time of each condition was seen to change last. */
  const movedMs = new Map<string, number>();
  let before: Revision | undefined;
  for (const revision of revisions) {
    const { name } = revision.object.metadata;
    const old = new Map(
      before === undefined ? [] : conditionsOf(before).map((one) => [one.type, one]),
    );
    for (const { type, status, lastTransitionTime: time } of conditionsOf(revision)) {
      const was = old.get(type);
      const isMoved = was?.lastTransitionTime !== time;
      const sinceMs = revision.seenMs - (movedMs.get(type) ?? -Infinity);
      if (was !== undefined && was.status === status && isMoved)
        found.push(`I7 status: ${name} is ${type}=${status} as before, but since another time`);
      if (
        was !== undefined &&
        was.status !== status &&
        !isMoved &&
        sinceMs > SECOND_MS + WRITTEN_WITHIN_MS
      )
        found.push(`I7 status: ${name} turned ${type}=${status}, but its time stayed`);
      if (isMoved) movedMs.set(type, revision.seenMs);
    }
    before = revision;
  }
  return found;
}

/** An id that the operator recorded stays until the thing is gone, or another was named for adoption. */
function idsOf(revisions: readonly Revision[], { entries, exchanges, reading }: History): string[] {
  return revisions.flatMap((revision, index) => {
    const before = revisions[index - 1];
    const id = before === undefined ? undefined : statusIdOf(before);
    if (before === undefined || id === undefined || statusIdOf(revision) === id) return [];
    const { kind, object, seenMs } = revision;
    const isOperators = exchanges.some((exchange) =>
      isIdWrite(exchange, object.metadata.name, seenMs),
    );
    const isAdoptionNew =
      JSON.stringify(before.object.spec?.["adopt"]) !== JSON.stringify(object.spec?.["adopt"]);
    const goneMs = goneAtMs(entries, reading.thingKindOf(kind), id) ?? Infinity;
    if (!isOperators || isAdoptionNew || goneMs <= seenMs) return [];
    return [`I7 status: ${object.metadata.name} lost its id ${id}, which lives`];
  });
}

function isIdWrite(
  { method, path, body, status, answeredMs }: Exchange,
  name: string,
  seenMs: number,
): boolean {
  if (method !== "PATCH" || status !== 200 || Math.abs(answeredMs - seenMs) > SLACK_MS)
    return false;
  if (!path.split("?")[0]?.endsWith(`/${name}/status`)) return false;
  const patch: { status?: Record<string, unknown> } = JSON.parse(body);
  return patch.status !== undefined && "id" in patch.status;
}

function specIsTheUsers({ exchanges, reading }: History): string[] {
  return exchanges
    .filter(
      ({ method, path, status }) =>
        isWrite(method) && status < 300 && path.startsWith(groupPath(reading)),
    )
    .filter(({ method, body }) => method === "PUT" || "spec" in JSON.parse(body || "{}"))
    .map(({ method, path }) => `I7 status: the operator wrote a spec (${method} ${path})`);
}

function isWrite(method: string): boolean {
  return method === "PUT" || method === "PATCH" || method === "POST";
}
