import { INDEX, type KindRuntime, type Kinds } from "./controller/kind-runtime.ts";
import { markerOf } from "./core/marker.ts";
import { LANES } from "./provider/lane-queue.ts";
import type { Lanes } from "./provider/lanes.ts";
import type { Snapshot } from "./provider/snapshot.ts";
import { PROVIDER } from "./wiring.ts";
import type { Metrics } from "./metrics.ts";

/** Brings the metrics that show a state, not a count, up to date before they are read. */
export function updateGauges(
  metrics: Metrics,
  kinds: Kinds,
  load: Pick<Lanes, "waiting" | "left" | "perSecond">,
): void {
  const provider = PROVIDER;
  for (const lane of LANES) metrics.laneWaiting.set({ provider, lane }, load.waiting(lane));
  metrics.requestsLeft.set({ provider }, load.left);
  metrics.requestsPerSecond.set({ provider }, load.perSecond);
  metrics.resources.reset();
  for (const [kind, { queue, connection, store }] of kinds) {
    metrics.queueDepth.set({ name: kind }, queue.size);
    metrics.snapshotAge.set({ controller: kind }, connection.snapshots.unseenForMs / 1000);
    metrics.unclaimed.set({ controller: kind }, unclaimed(store, connection.snapshots.latest));
    for (const { status } of store.list()) {
      const condition = status?.conditions?.find(({ type }) => type === "Ready");
      const { status: ready = "Unknown", reason = "New" } = condition ?? {};
      metrics.resources.inc({ controller: kind, ready, reason });
    }
  }
}

/** Things with a marker that stands for no resource here. */
function unclaimed(store: KindRuntime["store"], snapshot: Snapshot | undefined): number {
  const markers = [...(snapshot?.things() ?? [])].map(({ label }) => markerOf(label));
  return markers.filter(
    (marker) => marker !== undefined && store.byIndex(INDEX.marker, marker).length === 0,
  ).length;
}
