import { mostAlivePerMarker } from "../../../src/embedded/simulator/alive-per-marker.ts";
import type { LedgerEntry } from "../../../src/embedded/simulator/ledger.ts";
import { type Bounds, type History, isRefused, markerOfBody, posts } from "./history.ts";

/** The `clientId` of what something on the way delivered a second time: nobody asked for it twice. */
export const DELIVERED_TWICE = "delivered-twice";

/** I1: at most one live thing per marker. */
export function single({ entries, nowMs }: History, { doubleMs }: Bounds): string[] {
  return mostAlivePerMarker(entries, nowMs)
    .filter(({ mostAlive, longestTwinsMs }) => mostAlive > 1 && longestTwinsMs > doubleMs)
    .map(
      ({ marker, mostAlive, longestTwinsMs }) =>
        `I1 single: ${mostAlive} things bore ${marker} for ${Math.round(longestTwinsMs)} ms`,
    );
}

/** I5: between two create requests with one marker lies a refusal, or a complete list begun after the quiet time. */
export function noBlindCreate(history: History, { quietMs }: Bounds): string[] {
  const { entries, reading } = history;
  const found: string[] = [];
  const lastPost = new Map<string, LedgerEntry>();
  for (const entry of posts(history)) {
    if (entry.clientId === DELIVERED_TWICE) continue;
    const marker = markerOfBody(entry.body, reading);
    const before = lastPost.get(marker);
    lastPost.set(marker, entry);
    if (
      before === undefined ||
      isRefused(before, reading) ||
      isAccountedFor(before, entry, entries)
    )
      continue;
    const list = entries.find(
      ({ operation, inMs, status }) =>
        operation === reading.listOf(reading.kindOfCreate(entry)) &&
        status === 200 &&
        inMs >= before.inMs + quietMs * 0.9 &&
        inMs <= entry.inMs,
    );
    if (list === undefined)
      found.push(`I5 no blind create: ${marker} was asked for twice without a look between`);
  }
  return found;
}

/** What the earlier request made was deleted before the later one came. */
function isAccountedFor(
  before: LedgerEntry,
  later: LedgerEntry,
  entries: readonly LedgerEntry[],
): boolean {
  const made = before.effects.filter(({ what }) => what === "created").map(({ id }) => id);
  if (made.length === 0) return false;
  return made.every((id) =>
    entries.some(({ effects }) =>
      effects.some(
        ({ what, id: gone, goneAtMs }) =>
          what === "deleted" && gone === id && (goneAtMs ?? Infinity) <= later.inMs,
      ),
    ),
  );
}
