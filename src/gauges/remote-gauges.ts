import { performance } from "node:perf_hooks";
import { INDEX, type KindRuntime } from "../controller/kind-runtime.ts";
import type { Metrics } from "../metrics.ts";
import type { Snapshot } from "../provider/snapshot.ts";

/** What the last lists show, and what nobody has seen yet. */
export function gaugeRemote(metrics: Metrics, runtime: KindRuntime): void {
  const { port, accounts, store, unsettled } = runtime;
  const labels = { controller: port.kind };
  const all = [...accounts.connections()].map(({ snapshots }) => snapshots);
  const agesMs = all.filter(({ isKept }) => isKept).map(({ unseenForMs }) => unseenForMs);
  if (agesMs.length > 0) metrics.snapshotAge.set(labels, Math.max(...agesMs) / 1000);
  const latest = all.flatMap((snapshots) => snapshots.latest ?? []);
  metrics.snapshotThings.set(
    labels,
    latest.reduce((sum, { size }) => sum + size, 0),
  );
  const { stray, doubles } = countMarkers(latest, store, port.keeps !== undefined);
  metrics.unclaimed.set(labels, stray);
  metrics.doubles.set(labels, doubles);
  const sinceMs = Math.min(...unsettled.values());
  metrics.unsettled.set(labels, unsettled.size);
  metrics.unsettledSeconds.set(
    labels,
    unsettled.size === 0 ? 0 : (performance.now() - sinceMs) / 1000,
  );
  // A count that begins to exist with its first event shows no increase.
  for (const counter of [metrics.orphans, metrics.doublesRemoved]) counter.inc(labels, 0);
  for (const outcome of ["unknown", "found", "dead"])
    metrics.creates.inc({ ...labels, outcome }, 0);
}

/** Things with a marker that stands for no resource here, and things with a marker that another thing has already. */
function countMarkers(
  snapshots: readonly Snapshot[],
  store: KindRuntime["store"],
  isReplacedInLife: boolean,
): { readonly stray: number; readonly doubles: number } {
  let [stray, doubles] = [0, 0];
  for (const snapshot of snapshots) {
    for (const marker of snapshot.markers()) {
      const { length } = snapshot.byMarker(marker);
      if (store.byIndex(INDEX.marker, marker).length === 0) stray += length;
      else if (!isReplacedInLife) doubles += length - 1;
    }
  }
  return { stray, doubles };
}
