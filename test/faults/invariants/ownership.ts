import { markerFor } from "../../../src/core/marker.ts";
import { markerOf } from "../../../src/embedded/simulator/alive-per-marker.ts";
import type { LedgerEntry } from "../../../src/embedded/simulator/ledger.ts";
import type { RemoteName } from "./reading.ts";
import {
  type Bounds,
  type History,
  isProtected,
  isToStay,
  labelOfBody,
  mutations,
  posts,
  statusIdOf,
} from "./history.ts";

/** The recorder and the operator see a change a little apart. */
const SLACK_MS = 150;

/**
 * I4: what is changed bears the marker of a resource of this world and of its kind, or was adopted by a resource that names it.
 * A marker is a resource's where the operator's own create request says so, or where it follows from its name.
 */
export function ownership(history: History, { adopted }: Bounds): string[] {
  const { entries, reading } = history;
  const changing = new Set(mutations(history));
  const markers = markersOf(history);
  const labels = new Map<string, string>();
  const found: string[] = [];
  for (const entry of entries) {
    const thing = reading.thingOf(entry);
    const key = `${thing?.kind}/${thing?.id}`;
    const label = labels.get(key);
    if (thing !== undefined && label !== undefined && changing.has(entry)) {
      const isOurs = markers.has(`${thing.kind}/${markerOf(label)}`);
      const isAdopted = adopted.has(thing.id) && isNamed(history, thing, entry);
      if (!isOurs && !isAdopted)
        found.push(`I4 ownership: ${entry.operation} of ${key} "${label}", which is a stranger's`);
    }
    for (const effect of entry.effects) labels.set(`${effect.kind}/${effect.id}`, effect.label);
  }
  return found;
}

/** As `instance/k8s-…`. */
function markersOf(history: History): Set<string> {
  const { revisions, reading } = history;
  const markers = new Set<string>();
  const names = new Set(
    revisions.map(({ object: { metadata } }) => `${metadata.namespace}/${metadata.name}`),
  );
  for (const entry of posts(history)) {
    const label = labelOfBody(entry.body, reading);
    const kind = reading.kindOfCreate(entry);
    if (names.has(label.split(" ")[0] ?? "")) markers.add(`${kind}/${markerOf(label)}`);
  }
  for (const { kind, object } of revisions) {
    const { namespace = "", name } = object.metadata;
    markers.add(
      `${reading.thingKindOf(kind)}/${markerFor({ ownerId: namespace, kind, namespace, name })}`,
    );
  }
  return markers;
}

/** A resource of that kind wants to adopt it, or wanted to. */
function isNamed(
  { revisions, reading }: History,
  { kind, id }: RemoteName,
  { inMs }: LedgerEntry,
): boolean {
  return revisions.some(({ kind: resourceKind, object, seenMs }) => {
    const adopt = object.spec?.["adopt"];
    const named =
      typeof adopt === "object" && adopt !== null && "id" in adopt ? adopt.id : undefined;
    return reading.thingKindOf(resourceKind) === kind && named === id && seenMs <= inMs + SLACK_MS;
  });
}

/**
 * I3: what is to be retained is never deleted, and from the resource's deletion on it is not touched at all. The same of what is
 * protected, though that may still become free: the recorded one is meant, not its twins.
 */
export function retained(history: History): string[] {
  const { revisions, reading } = history;
  return revisions.flatMap((revision, index) => {
    const { object, kind, seenMs } = revision;
    const id = statusIdOf(revision);
    if (id === undefined || !(isToStay(object.spec) || isProtected(object.spec))) return [];
    const { name, deletionTimestamp } = object.metadata;
    // A namesake may want otherwise.
    const next = revisions.slice(index + 1).find((later) => later.object.metadata.name === name);
    const untilMs = next?.seenMs ?? Infinity;
    return mutations(history)
      .filter((entry) => {
        const thing = reading.thingOf(entry);
        if (thing?.id !== id || thing.kind !== reading.thingKindOf(kind)) return false;
        if (entry.inMs < seenMs + SLACK_MS || entry.inMs > untilMs) return false;
        return entry.method === "DELETE" || deletionTimestamp !== undefined;
      })
      .map(({ operation }) => `I3 retain: ${operation} of ${id}, which ${name} keeps`);
  });
}
