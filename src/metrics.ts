import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** At prom-client's own 10 ms the delay of the event loop costs a third of a percent of a core to measure; at rest that is all there is. */
const LOOP_DELAY_STEP_MS = 100;

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** All metrics of the process, with bounded labels. Names and units follow Prometheus; controller-runtime's where it has one. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_DELAY_STEP_MS });
  const registers = [registry];
  /** One account object each, by its namespace and name. */
  const accountGauge = (name: string, help: string, ...more: string[]) =>
    new Gauge({
      name: `hpc_park_operator_account_${name}`,
      help,
      labelNames: ["account_kind", "account_namespace", "account", ...more],
      registers,
    });
  return {
    registry,
    reconciles: new Counter({
      name: "controller_runtime_reconcile_total",
      help: "Reconciles by kind and result.",
      labelNames: ["controller", "result"],
      registers,
    }),
    reconcileSeconds: new Histogram({
      name: "controller_runtime_reconcile_time_seconds",
      help: "How long a reconcile took.",
      labelNames: ["controller"],
      buckets: SECONDS,
      registers,
    }),
    queueDepth: new Gauge({
      name: "workqueue_depth",
      help: "Keys that wait for a worker.",
      labelNames: ["name"],
      registers,
    }),
    kubeRequests: new Counter({
      name: "rest_client_requests_total",
      help: "Requests to the Kubernetes API server by verb and status code.",
      labelNames: ["method", "code"],
      registers,
    }),
    providerRequests: new Counter({
      name: "hpc_park_operator_provider_requests_total",
      help: "Requests to a provider by operation and status code, or error code where there was no answer.",
      labelNames: ["provider", "operation", "code"],
      registers,
    }),
    providerSeconds: new Histogram({
      name: "hpc_park_operator_provider_request_seconds",
      help: "How long a request to a provider took, from when it left.",
      labelNames: ["provider", "operation"],
      buckets: SECONDS,
      registers,
    }),
    actions: new Counter({
      name: "hpc_park_operator_actions_total",
      help: "What was done about resources: create, change, remove, attach, release.",
      labelNames: ["controller", "action"],
      registers,
    }),
    resources: new Gauge({
      name: "hpc_park_operator_resources",
      help: "Resources by kind and by their Ready condition.",
      labelNames: ["controller", "ready", "reason"],
      registers,
    }),
    snapshotAge: new Gauge({
      name: "hpc_park_operator_snapshot_age_seconds",
      help: "How long ago the last complete list of a kind began.",
      labelNames: ["controller"],
      registers,
    }),
    suspect: new Gauge({
      name: "hpc_park_operator_account_suspect",
      help: "1 while the account shows something else than is known, so that nothing is created or deleted.",
      labelNames: ["provider", "account"],
      registers,
    }),
    accountReady: accountGauge("ready", "1 while the account has a token that works."),
    accountExpiry: accountGauge("token_expiry_seconds", "Seconds until the account's token ends."),
    accountBalance: accountGauge("balance", "What the account has left to spend."),
    accountPrice: accountGauge(
      "price_per_hour",
      "What all that runs in the account costs in an hour.",
    ),
    accountSpentToday: accountGauge("spent_today", "What was billed for today."),
    accountSpentThisMonth: accountGauge("spent_this_month", "What was billed for this month."),
    accountInvoices: accountGauge(
      "invoices",
      "Invoices that are to be paid, by whether they are open in time or overdue.",
      "state",
    ),
    accountPrepaidEnd: accountGauge(
      "prepaid_end_timestamp_seconds",
      "When a package that was paid for in advance ends, in seconds since 1970.",
      "package",
    ),
    accountUsed: accountGauge("used", "How much of a limited resource is in use.", "resource"),
    accountLimit: accountGauge("limit", "How much of a resource there may be.", "resource"),
    orphans: new Counter({
      name: "hpc_park_operator_orphans_total",
      help: "Resources whose finalizer was taken off by somebody else while their remote thing may have lived.",
      labelNames: ["controller"],
      registers,
    }),
    unclaimed: new Gauge({
      name: "hpc_park_operator_unclaimed_things",
      help: "Remote things with a marker that no resource of this cluster explains: retained, orphaned, or another cluster's.",
      labelNames: ["controller"],
      registers,
    }),
    laneWaiting: new Gauge({
      name: "hpc_park_operator_lane_waiting",
      help: "Requests to a provider that wait for their turn, by what they are for.",
      labelNames: ["provider", "lane"],
      registers,
    }),
    requestsLeft: new Gauge({
      name: "hpc_park_operator_requests_left",
      help: "Requests to a provider that may start at once; 0 while it has asked for a pause.",
      labelNames: ["provider"],
      registers,
    }),
    requestsPerSecond: new Gauge({
      name: "hpc_park_operator_requests_per_second_limit",
      help: "Requests that may start in one second: as configured, fewer for a while after a 429.",
      labelNames: ["provider"],
      registers,
    }),
    leader: new Gauge({
      name: "leader_election_master_status",
      help: "1 while this process holds the lease.",
      labelNames: ["name"],
      registers,
    }),
    contractDifferences: new Gauge({
      name: "hpc_park_operator_contract_differences",
      help: "Where the provider describes its API otherwise than the operator needs it; `required changed` stops writes.",
      labelNames: ["provider", "server", "severity"],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
