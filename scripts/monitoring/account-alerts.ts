import type { Alert, Limits } from "./alert.ts";

const WHICH = "{{ $labels.account_kind }} {{ $labels.account_namespace }}/{{ $labels.account }}";

/** Accounts, their tokens and their money. */
export function accountAlerts({ tokenSeconds, prepaidSeconds }: Limits): readonly Alert[] {
  const left = "hpc_park_operator_account_prepaid_end_timestamp_seconds - time()";
  return [
    {
      name: "HpcParkAccountSuspect",
      expr: "max by (provider, account) (hpc_park_operator_account_suspect) == 1",
      for: "5m",
      severity: "critical",
      summary: "The account {{ $labels.account }} shows something else than is known.",
      description:
        "Its lists lack many known things, or its token belongs to another user. Nothing is created or deleted there until lists agree again or a person acknowledges.",
    },
    {
      name: "HpcParkAccountNotReady",
      expr: "hpc_park_operator_account_ready == 0",
      for: "10m",
      severity: "warning",
      summary: `${WHICH} has no token that works.`,
      description: "Resources in it wait. Its conditions say what is wrong with which Secret.",
    },
    {
      name: "HpcParkTokenExpiring",
      expr: `hpc_park_operator_account_token_expiry_seconds < ${tokenSeconds}`,
      for: "1h",
      severity: "warning",
      summary: `The token of ${WHICH} ends in {{ $value | humanizeDuration }}.`,
      description:
        "Without another one nothing in the account can be looked at, switched off or deleted.",
    },
    {
      name: "HpcParkInvoicesOverdue",
      expr: `hpc_park_operator_account_invoices{state="overdue"} > 0`,
      for: "1h",
      severity: "warning",
      summary: `${WHICH} has {{ $value }} overdue invoices.`,
      description:
        "HPC Park refuses what costs money where there is none, and may switch off what runs.",
    },
    {
      name: "HpcParkPrepaidEnding",
      expr: `${left} < ${prepaidSeconds} and ${left} > 0`,
      for: "1h",
      severity: "info",
      summary: `The package {{ $labels.package }} of ${WHICH} ends in {{ $value | humanizeDuration }}.`,
      description: "What uses it is billed by the hour from then on, or stops.",
    },
  ];
}
