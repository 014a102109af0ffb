import type { Gauge } from "prom-client";
import type { Accounts } from "./controller/accounts.ts";
import { INDEX, type KindRuntime } from "./controller/kind-runtime.ts";
import type { Manager } from "./controller/manager.ts";
import { markerOf } from "./core/marker.ts";
import { LANES } from "./provider/lane-queue.ts";
import type { Lanes } from "./provider/lanes.ts";
import type { Snapshot } from "./provider/snapshot.ts";
import { PROVIDER } from "./wiring.ts";
import type { Metrics } from "./metrics.ts";

/** Brings the metrics that show a state, not a count, up to date before they are read. */
export function updateGauges(
  metrics: Metrics,
  { kinds, accounts }: Pick<Manager, "kinds" | "accounts">,
  load: Pick<Lanes, "waiting" | "left" | "perSecond">,
): void {
  const provider = PROVIDER;
  for (const lane of LANES) {
    const all = load.waiting(lane) + accounts.sessions.waiting(lane);
    metrics.laneWaiting.set({ provider, lane }, all);
  }
  metrics.requestsLeft.set({ provider }, load.left);
  metrics.requestsPerSecond.set({ provider }, load.perSecond);
  gaugeAccounts(metrics, accounts);
  metrics.resources.reset();
  for (const [kind, { queue, accounts: chooser, store }] of kinds) {
    metrics.queueDepth.set({ name: kind }, queue.size);
    const all = [...chooser.connections()].map(({ snapshots }) => snapshots);
    const oldestMs = Math.max(0, ...all.map(({ unseenForMs }) => unseenForMs));
    metrics.snapshotAge.set({ controller: kind }, oldestMs / 1000);
    const stray = all.reduce((sum, { latest }) => sum + unclaimed(store, latest), 0);
    metrics.unclaimed.set({ controller: kind }, stray);
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

/** What the statuses of the accounts mirror. */
function gaugeAccounts(metrics: Metrics, accounts: Accounts): void {
  const gauges = {
    balance: { gauge: metrics.accountBalance },
    price_per_hour: { gauge: metrics.accountPrice },
    spent_today: { gauge: metrics.accountSpentToday },
    spent_this_month: { gauge: metrics.accountSpentThisMonth },
    invoices: { gauge: metrics.accountInvoices, label: "state" },
    prepaid_end: { gauge: metrics.accountPrepaidEnd, label: "package" },
    used: { gauge: metrics.accountUsed, label: "resource" },
    limit: { gauge: metrics.accountLimit, label: "resource" },
  };
  const all = Object.values(gauges).map(({ gauge }) => gauge);
  for (const gauge of [metrics.accountReady, metrics.accountExpiry, ...all]) gauge.reset();
  for (const [key, { facts, token }] of accounts.holders) {
    const [namespace = "", name = ""] = key.split("/");
    const labels = { account_namespace: namespace, account: name };
    metrics.accountReady.set(labels, token === undefined ? 0 : 1);
    if (facts?.expiresAtMs !== undefined)
      metrics.accountExpiry.set(labels, (facts.expiresAtMs - Date.now()) / 1000);
    for (const figure of facts?.figures ?? []) {
      if (!isNamed(figure.name, gauges)) continue;
      const { gauge, label }: { gauge: Gauge; label?: string } = gauges[figure.name];
      const of = label === undefined ? {} : { [label]: figure.of ?? "" };
      gauge.set({ ...labels, ...of }, figure.value);
    }
  }
}

function isNamed<Names extends object>(name: PropertyKey, names: Names): name is keyof Names {
  return Object.hasOwn(names, name);
}
