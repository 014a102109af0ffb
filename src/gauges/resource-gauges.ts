import { findCondition } from "../api/conditions.ts";
import type { KindRuntime } from "../controller/kind-runtime.ts";
import type { ManagedObject } from "../controller/managed-object.ts";
import type { Metrics } from "../metrics.ts";

interface Tally {
  /** By status and reason of Ready. */
  readonly ready: Map<string, number>;
  /** By reason. */
  readonly stalled: Map<string, number>;
  readonly price: Map<string, number>;
  spent: number;
  unreadySinceMs: number;
}

/** What the statuses of one kind's resources show; each is looked at once, and each metric set once for each of its labels. */
export function gaugeResources(metrics: Metrics, { port, store, keys }: KindRuntime): void {
  const tally: Tally = {
    ready: new Map(),
    stalled: new Map(),
    price: new Map(),
    spent: 0,
    unreadySinceMs: Infinity,
  };
  for (const object of store.list()) {
    count(object, tally);
    const isPaused = object.metadata.annotations?.[keys.paused] === "true";
    if (!isPaused) noteUnready(object, tally);
  }
  const controller = port.kind;
  for (const [word, value] of tally.ready) {
    const [ready = "", reason = ""] = word.split(" ");
    metrics.resources.set({ controller, ready, reason }, value);
  }
  for (const [reason, value] of tally.stalled) metrics.stalled.set({ controller, reason }, value);
  for (const [reason, value] of tally.price)
    metrics.resourcePrice.set({ controller, reason }, value);
  metrics.resourceSpent.set({ controller }, tally.spent);
  const forMs = tally.unreadySinceMs === Infinity ? 0 : Date.now() - tally.unreadySinceMs;
  metrics.longestUnready.set({ controller }, Math.max(forMs, 0) / 1000);
}

function count({ status }: ManagedObject, tally: Tally): void {
  const ready = findCondition(status?.conditions, "Ready");
  const stalled = findCondition(status?.conditions, "Stalled");
  const reason = ready?.reason ?? "New";
  add(tally.ready, `${ready?.status ?? "Unknown"} ${reason}`, 1);
  if (stalled !== undefined) add(tally.stalled, stalled.reason, 1);
  const price = amountOf(status?.["pricePerHour"]);
  if (price !== undefined) add(tally.price, reason, price);
  tally.spent += amountOf(status?.["spent"]) ?? 0;
}

/** By the wall clock of whoever wrote it. */
function noteUnready({ metadata, status }: ManagedObject, tally: Tally): void {
  const ready = findCondition(status?.conditions, "Ready");
  if (ready?.status === "True") return;
  const sinceMs = Date.parse(ready?.lastTransitionTime ?? metadata.creationTimestamp ?? "");
  if (sinceMs < tally.unreadySinceMs) tally.unreadySinceMs = sinceMs;
}

function add(counts: Map<string, number>, key: string, value: number): void {
  counts.set(key, (counts.get(key) ?? 0) + value);
}

function amountOf(text: unknown): number | undefined {
  const amount = typeof text === "string" ? Number(text) : Number.NaN;
  return Number.isFinite(amount) ? amount : undefined;
}
