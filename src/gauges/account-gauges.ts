import type { Gauge } from "prom-client";
import type { Accounts } from "../controller/accounts.ts";
import type { Metrics } from "../metrics.ts";

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

/** What the statuses of the account objects mirror. */
export function gaugeAccounts(metrics: Metrics, all: readonly Accounts[]): void {
  const figures = Object.values(figureGauges(metrics)).map(({ gauge }): Gauge => gauge);
  for (const gauge of [metrics.accountReady, metrics.accountExpiry, ...figures]) gauge.reset();
  for (const accounts of all) gaugeAccountsOf(metrics, accounts);
}

function gaugeAccountsOf(metrics: Metrics, { holders, port }: Accounts): void {
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
