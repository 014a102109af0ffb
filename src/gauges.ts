import type { Kinds } from "./controller/kind-runtime.ts";
import type { Metrics } from "./metrics.ts";

/** Brings the metrics that show a state, not a count, up to date before they are read. */
export function updateGauges(metrics: Metrics, kinds: Kinds): void {
  metrics.resources.reset();
  for (const [kind, { queue, connection, store }] of kinds) {
    metrics.queueDepth.set({ name: kind }, queue.size);
    metrics.snapshotAge.set({ controller: kind }, connection.snapshots.unseenForMs / 1000);
    for (const { status } of store.list()) {
      const condition = status?.conditions?.find(({ type }) => type === "Ready");
      const { status: ready = "Unknown", reason = "New" } = condition ?? {};
      metrics.resources.inc({ controller: kind, ready, reason });
    }
  }
}
