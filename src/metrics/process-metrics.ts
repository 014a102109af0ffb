import type { Instruments } from "./instruments.ts";

/** The process itself, its place among its like, and its way to the API server. */
export function processMetrics(make: Instruments) {
  return {
    buildInfo: make.gauge("hpc_park_operator_build_info", "Always 1; what runs is in the labels.", [
      "version",
      "node",
    ]),
    ready: make.gauge(
      "hpc_park_operator_ready",
      "1 while the process can work, or could take over: what /readyz says.",
    ),
    loopStalls: make.counter(
      "hpc_park_operator_event_loop_stalled_seconds_total",
      "How long the event loop stood still, in stalls of more than a quarter of a second.",
    ),
    leader: make.gauge("leader_election_master_status", "1 while this process holds the lease.", [
      "name",
    ]),
    leaseTransitions: make.gauge(
      "hpc_park_operator_lease_transitions",
      "How often the lease went from one process to another, as the Lease itself counts.",
    ),
    leaseRenewalAge: make.gauge(
      "hpc_park_operator_lease_renewal_age_seconds",
      "How long ago this process renewed the lease; only while it leads.",
    ),
    kubeRequests: make.counter(
      "rest_client_requests_total",
      "Requests to the Kubernetes API server by method and status code.",
      ["method", "code"],
    ),
    kubeSeconds: make.histogram(
      "rest_client_request_duration_seconds",
      "How long the Kubernetes API server took to begin its answer, by method.",
      ["method"],
    ),
    events: make.counter(
      "hpc_park_operator_events_total",
      "Kubernetes events by what became of them: `written`, `repeated` (counted on an earlier one), `spared` (too many of one object), `dropped` (too many waited), `failed`.",
      ["outcome"],
    ),
  };
}
