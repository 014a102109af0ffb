import { accountAlerts } from "./account-alerts.ts";
import type { Alert, Limits } from "./alert.ts";
import { processAlerts } from "./process-alerts.ts";
import { providerAlerts } from "./provider-alerts.ts";
import { resourceAlerts } from "./resource-alerts.ts";

/** Alerts by the name of their group. */
export function alertGroups(limits: Limits): Readonly<Record<string, readonly Alert[]>> {
  return {
    "hpc-park-operator.process": processAlerts(limits),
    "hpc-park-operator.accounts": accountAlerts(limits),
    "hpc-park-operator.resources": resourceAlerts(limits),
    "hpc-park-operator.providers": providerAlerts(limits),
  };
}

/** What Prometheus and promtool read. */
export function ruleFile(limits: Limits): { readonly groups: readonly object[] } {
  const groups = Object.entries(alertGroups(limits));
  return { groups: groups.map(([name, alerts]) => ({ name, rules: alerts.map(ruleOf) })) };
}

/** What the Prometheus operator reads. */
export function prometheusRule(limits: Limits): object {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: {
      name: "hpc-park-operator",
      labels: { "app.kubernetes.io/name": "hpc-park-operator" },
    },
    spec: ruleFile(limits),
  };
}

function ruleOf({ name, expr, for: lasting, severity, summary, description }: Alert): object {
  return {
    alert: name,
    expr,
    for: lasting,
    labels: { severity },
    annotations: { summary, description, runbook_url: runbookOf(name) },
  };
}

/** A heading's anchor, as GitHub and GitLab make it. */
function runbookOf(name: string): string {
  return `docs/runbooks.md#${name.toLowerCase()}`;
}
