import type { Alert, Limits } from "./alert.ts";

/** What becomes of resources, and of the money that their things cost. */
export function resourceAlerts(limits: Limits): readonly Alert[] {
  const { memory, unreadySeconds, unsettledSeconds } = limits;
  const lately = (counter: string): string =>
    `sum by (controller) (increase(${counter}[${memory}])) > 0`;
  return [
    {
      name: "HpcParkResourcesStalled",
      expr: "max by (controller, reason) (hpc_park_operator_resources_stalled) > 0",
      for: "15m",
      severity: "warning",
      summary: "{{ $value }} {{ $labels.controller }}: {{ $labels.reason }}.",
      description:
        "A person has to change something; the message of each one's condition Stalled says what.",
    },
    {
      name: "HpcParkNotReadyForLong",
      expr: `max by (controller) (hpc_park_operator_resources_longest_unready_seconds) > ${unreadySeconds}`,
      for: "5m",
      severity: "warning",
      summary: "A {{ $labels.controller }} has not been Ready for {{ $value | humanizeDuration }}.",
      description:
        "Something that takes minutes takes longer, or waits; its conditions say for what.",
    },
    {
      name: "HpcParkCreateOutcomeOpen",
      expr: `max by (controller) (hpc_park_operator_create_unsettled_seconds) > ${unsettledSeconds}`,
      for: "1m",
      severity: "critical",
      summary:
        "Nobody knows what became of a create request for {{ $labels.controller }} for {{ $value | humanizeDuration }}.",
      description:
        "Its answer was lost, and no list has come since that would show it. A thing may run and cost money that no resource shows.",
    },
    {
      name: "HpcParkDoubles",
      expr: `max by (controller) (hpc_park_operator_doubles) > 0 or ${lately("hpc_park_operator_doubles_removed_total")}`,
      for: "0m",
      severity: "warning",
      summary: "{{ $labels.controller }}: a create request took effect twice.",
      description: "The second thing is deleted by the operator; both were paid for meanwhile.",
    },
    {
      name: "HpcParkOrphanLeftBehind",
      expr: lately("hpc_park_operator_orphans_total"),
      for: "0m",
      severity: "critical",
      summary: "A {{ $labels.controller }} went, and what it stood for may still run.",
      description:
        "Somebody took the finalizer off before the thing was seen to be gone. Nobody will delete it any more; the log names it.",
    },
    {
      name: "HpcParkUnclaimedThings",
      expr: "max by (controller) (hpc_park_operator_unclaimed_things) > 0",
      for: "1h",
      severity: "info",
      summary: "{{ $value }} remote things with a marker have no {{ $labels.controller }} here.",
      description:
        "They were retained, orphaned, or belong to another cluster. They cost money, and this operator leaves them alone.",
    },
    {
      name: "HpcParkStoppedButBilled",
      expr: `max by (controller) (hpc_park_operator_resources_price_per_hour{reason="StoppedButBilled"}) > 0`,
      for: "1h",
      severity: "warning",
      summary:
        "{{ $labels.controller }} that are switched off cost {{ $value | humanize }} an hour.",
      description: "The tariff bills them all the same. Delete what is not needed any more.",
    },
  ];
}
