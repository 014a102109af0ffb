import type { Instruments } from "./instruments.ts";
import type { LabelName } from "./labels.ts";

/** One account object each, by its namespace and name. */
export function accountMetrics(make: Instruments) {
  const gauge = <L extends LabelName = never>(name: string, help: string, ...more: L[]) =>
    make.gauge(`hpc_park_operator_account_${name}`, help, [
      "account_kind",
      "account_namespace",
      "account",
      ...more,
    ]);
  return {
    accountReady: gauge("ready", "1 while the account has a token that works."),
    accountExpiry: gauge("token_expiry_seconds", "Seconds until the account's token ends."),
    accountBalance: gauge("balance", "What the account has left to spend."),
    accountPrice: gauge("price_per_hour", "What all that runs in the account costs in an hour."),
    accountSpentToday: gauge("spent_today", "What was billed for today."),
    accountSpentThisMonth: gauge("spent_this_month", "What was billed for this month."),
    accountInvoices: gauge(
      "invoices",
      "Invoices that are to be paid, by whether they are open in time or overdue.",
      "state",
    ),
    accountPrepaidEnd: gauge(
      "prepaid_end_timestamp_seconds",
      "When a package that was paid for in advance ends, in seconds since 1970.",
      "package",
    ),
    accountUsed: gauge("used", "How much of a limited resource is in use.", "resource"),
    accountLimit: gauge("limit", "How much of a resource there may be.", "resource"),
  };
}
