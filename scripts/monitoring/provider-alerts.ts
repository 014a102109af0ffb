import type { Alert, Limits } from "./alert.ts";

/** No answer, an answer without sense, or a token that is not taken; what a provider refuses for its content is none. */
export const FAILED_CODES = "401|5..|[^0-9].*";

/** The way to the providers, and what comes back. */
export function providerAlerts({ window, snapshotSeconds, failedShare }: Limits): readonly Alert[] {
  const rate = (matcher: string): string =>
    `sum by (provider) (rate(hpc_park_operator_provider_requests_total${matcher}[${window}]))`;
  return [
    {
      name: "HpcParkProviderErrors",
      expr: `${rate(`{code=~"${FAILED_CODES}"}`)} / ${rate("")} > ${failedShare}`,
      for: "10m",
      severity: "warning",
      summary: "{{ $value | humanizePercentage }} of the requests to {{ $labels.provider }} fail.",
      description: "No answer, a fault of the server, or a token that is not taken.",
    },
    {
      name: "HpcParkProviderThrottles",
      expr: `${rate(`{code="429"}`)} > 0`,
      for: "15m",
      severity: "warning",
      summary: "{{ $labels.provider }} asks for fewer requests.",
      description:
        "The operator halves its rate by itself and waits as it is told; all of the account waits with it.",
    },
    {
      name: "HpcParkSnapshotStale",
      expr: `max by (controller) (hpc_park_operator_snapshot_age_seconds) > ${snapshotSeconds}`,
      for: "1m",
      severity: "warning",
      summary:
        "{{ $labels.controller }}: the last complete list is {{ $value | humanizeDuration }} old.",
      description: "Nothing is known of what happened since; what was Ready is Unknown by now.",
    },
    {
      name: "HpcParkContractChanged",
      expr: `max by (provider, server) (hpc_park_operator_contract_differences{severity="required changed"}) > 0`,
      for: "5m",
      severity: "critical",
      summary: "{{ $labels.server }} describes its API otherwise than this version knows it.",
      description:
        "Nothing is created or changed there. Switching off and deleting go on as far as their own requests are as they were.",
    },
  ];
}
