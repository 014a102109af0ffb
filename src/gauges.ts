import type { Gauge } from "prom-client";
import type { Accounts } from "./controller/accounts.ts";
import { INDEX, type KindRuntime } from "./controller/kind-runtime.ts";
import type { Manager } from "./controller/manager.ts";
import { markerOf } from "./core/marker.ts";
import { LANES } from "./provider/lane-queue.ts";
import type { Lanes } from "./provider/lanes.ts";
import type { Snapshot } from "./provider/snapshot.ts";
import type { Metrics } from "./metrics.ts";

export interface AtWork {
  readonly provider: string;
  readonly manager: Pick<Manager, "kinds" | "accounts">;
  /** Of the operator's own account, if it has one. */
  readonly load: Pick<Lanes, "waiting" | "left" | "perSecond"> | undefined;
}

/** Brings the metrics that show a state, not a count, up to date before they are read. */
export function updateGauges(metrics: Metrics, systems: readonly AtWork[]): void {
  metrics.resources.reset();
  for (const gauge of accountGaugesOf(metrics)) gauge.reset();
  for (const { provider, manager, load } of systems) {
    gaugeRequests(metrics, provider, manager.accounts, load);
    gaugeAccounts(metrics, manager.accounts);
    for (const [kind, runtime] of manager.kinds) gaugeKind(metrics, kind, runtime);
  }
}

function gaugeRequests(
  metrics: Metrics,
  provider: string,
  { sessions }: Accounts,
  load: AtWork["load"],
): void {
  for (const lane of LANES) {
    const all = (load?.waiting(lane) ?? 0) + sessions.waiting(lane);
    metrics.laneWaiting.set({ provider, lane }, all);
  }
  if (load === undefined) return;
  metrics.requestsLeft.set({ provider }, load.left);
  metrics.requestsPerSecond.set({ provider }, load.perSecond);
}

function gaugeKind(
  metrics: Metrics,
  kind: string,
  { queue, accounts: chooser, store }: KindRuntime,
): void {
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

/** Things with a marker that stands for no resource here. */
function unclaimed(store: KindRuntime["store"], snapshot: Snapshot | undefined): number {
  const markers = [...(snapshot?.things() ?? [])].map(({ label }) => markerOf(label));
  return markers.filter(
    (marker) => marker !== undefined && store.byIndex(INDEX.marker, marker).length === 0,
  ).length;
}

/** Figures of an account by the name that its provider gives them, and the label for what each is of. */
function figureGauges(metrics: Metrics) {
  return {
    balance: { gauge: metrics.accountBalance },
    price_per_hour: { gauge: metrics.accountPrice },
    spent_today: { gauge: metrics.accountSpentToday },
    spent_this_month: { gauge: metrics.accountSpentThisMonth },
    invoices: { gauge: metrics.accountInvoices, label: "state" },
    prepaid_end: { gauge: metrics.accountPrepaidEnd, label: "package" },
    used: { gauge: metrics.accountUsed, label: "resource" },
    limit: { gauge: metrics.accountLimit, label: "resource" },
  };
}

function accountGaugesOf(metrics: Metrics): readonly Gauge[] {
  const figures = Object.values(figureGauges(metrics)).map(({ gauge }): Gauge => gauge);
  return [metrics.accountReady, metrics.accountExpiry, ...figures];
}

/** What the statuses of the accounts mirror. */
function gaugeAccounts(metrics: Metrics, { holders, port }: Accounts): void {
  const gauges = figureGauges(metrics);
  for (const [key, { facts, token }] of holders) {
    const [namespace = "", name = ""] = key.split("/");
    const labels = { account_kind: port.kind, account_namespace: namespace, account: name };
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
