import type { Gauge } from "prom-client";
import { gaugeAccounts } from "./gauges/account-gauges.ts";
import { gaugeRemote } from "./gauges/remote-gauges.ts";
import { gaugeResources } from "./gauges/resource-gauges.ts";
import type { Manager } from "./controller/manager.ts";
import type { Workqueue } from "./controller/workqueue.ts";
import { LANES } from "./provider/lane-queue.ts";
import type { Lanes } from "./provider/lanes.ts";
import type { Metrics } from "./metrics.ts";

export interface AtWork {
  readonly provider: string;
  readonly manager: Pick<Manager, "kinds" | "accounts" | "standings">;
  /** Of the operator's own account, if it has one. */
  readonly load: Pick<Lanes, "waiting" | "left" | "perSecond"> | undefined;
}

/** Brings the metrics that show a state, not a count, up to date before they are read. */
export function updateGauges(metrics: Metrics, systems: readonly AtWork[]): void {
  const { resources, stalled, resourcePrice, snapshotAge, snapshotThings } = metrics;
  // Labels whose like is no longer there would otherwise show their last value for ever.
  const passing: readonly Gauge[] = [
    resources,
    stalled,
    resourcePrice,
    snapshotAge,
    snapshotThings,
  ];
  for (const gauge of passing) gauge.reset();
  for (const { provider, manager, load } of systems) {
    gaugeLanes(metrics, provider, manager, load);
    for (const runtime of manager.kinds.values()) {
      gaugeQueue(metrics, runtime.port.kind, runtime.queue);
      gaugeResources(metrics, runtime);
      gaugeRemote(metrics, runtime);
    }
    gaugeQueue(metrics, manager.accounts.port.kind, manager.accounts.queue);
  }
  gaugeAccounts(
    metrics,
    systems.map(({ manager }) => manager.accounts),
  );
}

function gaugeLanes(
  metrics: Metrics,
  provider: string,
  manager: AtWork["manager"],
  own: AtWork["load"],
): void {
  const { laneWaiting, requestsLeft, requestsPerSecond, suspect } = metrics;
  for (const lane of LANES) {
    const all = (own?.waiting(lane) ?? 0) + manager.accounts.sessions.waiting(lane);
    laneWaiting.set({ provider, lane }, all);
  }
  for (const { account, trust, lanes = own } of manager.standings()) {
    suspect.set({ provider, account }, trust.suspicion === undefined ? 0 : 1);
    if (lanes === undefined) continue;
    requestsLeft.set({ provider, account }, lanes.left);
    requestsPerSecond.set({ provider, account }, lanes.perSecond);
  }
}

function gaugeQueue(metrics: Metrics, name: string, queue: Workqueue): void {
  const runningSeconds = queue.runningMs().map((ms) => ms / 1000);
  metrics.queueDepth.set({ name }, queue.size);
  metrics.longestSeconds.set({ name }, Math.max(0, ...runningSeconds));
  metrics.unfinishedSeconds.set(
    { name },
    runningSeconds.reduce((sum, seconds) => sum + seconds, 0),
  );
  // A count that begins to exist with its first event shows no increase.
  for (const counter of [metrics.queueAdds, metrics.queueRetries]) counter.inc({ name }, 0);
}
