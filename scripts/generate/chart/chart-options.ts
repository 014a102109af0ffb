import { optionNames, OPTIONS } from "../../../src/config-options.ts";

/** What the chart sets itself, or what has no meaning in a pod; each would contradict another value. */
export const NOT_FOR_VALUES: ReadonlyMap<string, string> = new Map([
  ["KUBECONFIG", "the pod has its service account"],
  ["HPC_PARK_TOKEN", "a secret; token.existingSecret names where it is"],
  ["HPC_PARK_TOKEN_FILE", "token.key says which file it is"],
  ["OWNER_ID", "ownerId"],
  ["WATCH_NAMESPACES", "watchNamespaces, for the roles follow it"],
  ["LEADER_ELECTION", "several pods run whenever one replaces another"],
  ["LEASE_NAMESPACE", "the role for the Lease is in the release's namespace"],
  ["HEALTH_PORT", "probes, Service and NetworkPolicy name it"],
]);

export interface ChartOption {
  readonly variable: string;
  readonly standard: string;
  readonly says: string;
}

/** The operator's options that the value `options` of the chart may set. */
export function chartOptions(): readonly ChartOption[] {
  return optionNames()
    .map((name) => OPTIONS[name])
    .filter(({ variable }) => !NOT_FOR_VALUES.has(variable))
    .map(({ variable, default: standard = "", says }) => ({ variable, standard, says }));
}
