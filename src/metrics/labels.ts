/** Every label of the operator's own metrics, and what keeps its values few. No label is ever the name of a resource, a message or an id. */
export const LABELS = {
  controller: "Kind of the resources, such as `HpcInstance`.",
  name: "Of a workqueue the kind whose keys it holds; of an election the Lease.",
  result: "`success`, `requeue_after` or `error`.",
  method: "HTTP method.",
  code: "HTTP status, or where there was no answer the error's code, such as `ECONNREFUSED`.",
  provider: "`hpc-park` or `element`.",
  operation: "What a request is for, such as `create instance`; no ids.",
  lane: "`stop`, `list`, `create`, `update` or `observe`.",
  action: "`create`, `change`, `remove`, `attach`, `release` and the like.",
  outcome: "What became of it; the metric says which there are.",
  ready: "Status of the condition Ready: `True`, `False` or `Unknown`.",
  reason: "Reason of a condition, as in conditions.md.",
  account:
    "Beside `account_namespace` the name of an account object; elsewhere `operator` for the operator's own, or server and user, which account objects may share.",
  account_kind: "`HpcAccount` or `ElementConsole`.",
  account_namespace: "Namespace of the account object.",
  state: "`open` or `overdue`.",
  package: "Id of a package that was paid for in advance.",
  resource: "What an account has a limit of, as the provider calls it.",
  server: "URL of the provider, one of those that the options allow.",
  severity: "`required changed`, `optional section missing` or `note`.",
  version: "Version of the operator.",
  node: "Version of Node.js.",
} as const;

export type LabelName = keyof typeof LABELS;
