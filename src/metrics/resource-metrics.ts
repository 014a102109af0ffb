import type { Instruments } from "./instruments.ts";

/** What becomes of the resources, and of the things that they stand for. */
export function resourceMetrics(make: Instruments) {
  const kind = ["controller"] as const;
  return {
    resources: make.gauge(
      "hpc_park_operator_resources",
      "Resources by kind and by their Ready condition.",
      ["controller", "ready", "reason"],
    ),
    stalled: make.gauge(
      "hpc_park_operator_resources_stalled",
      "Resources about which a person has to do something, by the reason of their Stalled condition.",
      ["controller", "reason"],
    ),
    longestUnready: make.gauge(
      "hpc_park_operator_resources_longest_unready_seconds",
      "How long the resource that has not been Ready for longest has not been; paused ones do not count. 0 where all are.",
      kind,
    ),
    resourcePrice: make.gauge(
      "hpc_park_operator_resources_price_per_hour",
      "What the resources cost in an hour by the last bill, by the reason of their Ready condition, in the accounts' currency.",
      ["controller", "reason"],
    ),
    resourceSpent: make.gauge(
      "hpc_park_operator_resources_spent",
      "What was billed this month for the resources that there are, in the accounts' currency.",
      kind,
    ),
    creates: make.counter(
      "hpc_park_operator_create_outcomes_total",
      "Create requests whose answer was lost (`unknown`), and how they were settled: a thing was `found`, or the request is `dead`.",
      ["controller", "outcome"],
    ),
    unsettled: make.gauge(
      "hpc_park_operator_create_unsettled",
      "Create requests of which nobody knows yet whether they took effect.",
      kind,
    ),
    unsettledSeconds: make.gauge(
      "hpc_park_operator_create_unsettled_seconds",
      "How long the oldest of these has been so, as this process counts. 0 where there is none.",
      kind,
    ),
    doubles: make.gauge(
      "hpc_park_operator_doubles",
      "Remote things beyond the first with one and the same marker, in the last complete lists.",
      kind,
    ),
    doublesRemoved: make.counter(
      "hpc_park_operator_doubles_removed_total",
      "Remote things that were deleted because a create request had taken effect twice.",
      kind,
    ),
    orphans: make.counter(
      "hpc_park_operator_orphans_total",
      "Resources whose finalizer was taken off by somebody else while their remote thing may have lived.",
      kind,
    ),
    unclaimed: make.gauge(
      "hpc_park_operator_unclaimed_things",
      "Remote things with a marker that no resource of this cluster explains: retained, orphaned, or another cluster's.",
      kind,
    ),
  };
}
