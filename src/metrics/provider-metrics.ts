import type { Instruments } from "./instruments.ts";

/** What is asked of the providers, and what their answers are worth. */
export function providerMetrics(make: Instruments) {
  const place = ["provider", "account"] as const;
  return {
    providerRequests: make.counter(
      "hpc_park_operator_provider_requests_total",
      "Requests to a provider by operation and status code, or error code where there was no answer.",
      ["provider", "operation", "code"],
    ),
    providerSeconds: make.histogram(
      "hpc_park_operator_provider_request_seconds",
      "How long a request to a provider took, from when it left.",
      ["provider", "operation"],
    ),
    laneSeconds: make.histogram(
      "hpc_park_operator_lane_wait_seconds",
      "How long a request to a provider waited for its turn, by what it is for.",
      ["provider", "lane"],
    ),
    laneWaiting: make.gauge(
      "hpc_park_operator_lane_waiting",
      "Requests to a provider that wait for their turn, by what they are for.",
      ["provider", "lane"],
    ),
    requestsLeft: make.gauge(
      "hpc_park_operator_requests_left",
      "Requests to an account that may start at once; 0 while it has asked for a pause.",
      place,
    ),
    requestsPerSecond: make.gauge(
      "hpc_park_operator_requests_per_second_limit",
      "Requests to an account that may start in one second: as configured, fewer for a while after a 429.",
      place,
    ),
    suspect: make.gauge(
      "hpc_park_operator_account_suspect",
      "1 while the account shows something else than is known, so that nothing is created or deleted.",
      place,
    ),
    snapshotAge: make.gauge(
      "hpc_park_operator_snapshot_age_seconds",
      "How long ago the last complete list of a kind began, of the account where that is longest. Left out while none is kept.",
      ["controller"],
    ),
    snapshotThings: make.gauge(
      "hpc_park_operator_snapshot_things",
      "Remote things in the last complete lists of a kind, of all accounts.",
      ["controller"],
    ),
    contractDifferences: make.gauge(
      "hpc_park_operator_contract_differences",
      "Where the provider describes its API otherwise than the operator needs it; `required changed` stops writes.",
      ["provider", "server", "severity"],
    ),
  };
}
