import {
  certificatesIn,
  text,
  nonEmpty,
  list,
  flag,
  url,
  urls,
  oneOf,
  someOf,
  whole,
  seconds,
} from "./config-values.ts";

export interface Config {
  readonly kubeconfig: string | undefined;
  readonly providers: readonly string[];
  readonly hpcParkUrl: string;
  readonly allowedUrls: readonly string[];
  readonly hpcParkToken: string | undefined;
  readonly hpcParkTokenFile: string | undefined;
  /** The content of the file. */
  readonly hpcParkCa: string | undefined;
  readonly elementAllowedUrls: readonly string[];
  /** The content of the file. */
  readonly elementCa: string | undefined;
  readonly elementRequestsPerSecond: number;
  readonly ownerId: string | undefined;
  readonly watchNamespaces: readonly string[];
  readonly pollIntervalMs: number;
  readonly activePollIntervalMs: number;
  readonly billingIntervalMs: number;
  readonly settleMs: number;
  readonly requestTimeoutMs: number;
  readonly hpcParkRequestsPerSecond: number;
  readonly maxConcurrentReconciles: number;
  readonly leaderElection: boolean;
  readonly leaseNamespace: string | undefined;
  readonly leaseDurationMs: number;
  readonly leaseRenewDeadlineMs: number;
  readonly leaseRetryMs: number;
  readonly watchIdleMs: number;
  readonly healthHost: string;
  readonly healthPort: number;
  readonly shutdownGraceMs: number;
  readonly logLevel: string;
}

interface Option<Value> {
  /** The environment variable; the flag is the same in kebab case. */
  readonly variable: string;
  readonly default?: string;
  /** There is no flag for it: arguments are shown to everybody on the machine. */
  readonly isSecret?: true;
  /** One sentence for `--help`. */
  readonly says: string;
  /** Throws an Error whose message ends the sentence "<variable> …". */
  readonly parse: (text: string) => Value;
}

export const HPC_PARK = "hpc-park";
export const ELEMENT = "element";
const PROVIDERS = [HPC_PARK, ELEMENT];
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/** Fractions are taken too, for tests and demonstrations. */
const SHORTEST_SECONDS = 0.01;

/** A Lease counts whole seconds. */
const SHORTEST_LEASE_SECONDS = 1;

/** The one table: flag, environment variable, default, sentence, and what makes a value good. */
export const OPTIONS: { readonly [Name in keyof Config]: Option<Config[Name]> } = {
  kubeconfig: {
    variable: "KUBECONFIG",
    says: "Path of a kubeconfig; without it ~/.kube/config, or the service account inside a cluster.",
    parse: text,
  },
  providers: {
    variable: "PROVIDERS",
    default: PROVIDERS.join(","),
    says: `What the operator looks after, separated by commas: ${PROVIDERS.join(", ")}. The CRDs of each must be installed.`,
    parse: someOf(PROVIDERS),
  },
  hpcParkUrl: {
    variable: "HPC_PARK_URL",
    default: "https://api.hpc-park.ru",
    says: "Where the HPC Park API is.",
    parse: url,
  },
  allowedUrls: {
    variable: "ALLOWED_URLS",
    default: "",
    says: "Where else HpcAccounts may say that the HPC Park API is, separated by commas; HPC_PARK_URL is always allowed.",
    parse: urls,
  },
  hpcParkTokenFile: {
    variable: "HPC_PARK_TOKEN_FILE",
    says: "File that holds the HPC Park token; it is read anew when it changes.",
    parse: text,
  },
  hpcParkToken: {
    variable: "HPC_PARK_TOKEN",
    isSecret: true,
    says: "The HPC Park token itself; the file is safer.",
    parse: text,
  },
  hpcParkCa: {
    variable: "HPC_PARK_CA_FILE",
    says: "PEM file with certificate authorities that HPC Park's certificate may come from, beside those of the system.",
    parse: certificatesIn,
  },
  elementAllowedUrls: {
    variable: "ELEMENT_ALLOWED_URLS",
    default: "https://1cmycloud.com",
    says: "Where ElementConsoles may say that an Element control panel is, separated by commas.",
    parse: urls,
  },
  elementCa: {
    variable: "ELEMENT_CA_FILE",
    says: "PEM file with certificate authorities that a control panel's certificate may come from, beside those of the system.",
    parse: certificatesIn,
  },
  elementRequestsPerSecond: {
    variable: "ELEMENT_REQUESTS_PER_SECOND",
    default: "10",
    says: "How many requests to one control panel may start in one second.",
    parse: whole(1, 10_000),
  },
  ownerId: {
    variable: "OWNER_ID",
    says: "Who owns what is created; the same id in another cluster finds it again. Default: the UID of the kube-system namespace.",
    // Two clusters with the same empty id would take each other's things for their own.
    parse: nonEmpty,
  },
  watchNamespaces: {
    variable: "WATCH_NAMESPACES",
    default: "",
    says: "Namespaces to work in, separated by commas; empty means all.",
    parse: list,
  },
  pollIntervalMs: {
    variable: "POLL_INTERVAL_SECONDS",
    default: "30",
    says: "How often HPC Park is looked at while everything is at rest.",
    parse: seconds(SHORTEST_SECONDS, 3600),
  },
  activePollIntervalMs: {
    variable: "ACTIVE_POLL_INTERVAL_SECONDS",
    default: "3",
    says: "How often HPC Park is looked at while something is on the way.",
    parse: seconds(SHORTEST_SECONDS, 600),
  },
  billingIntervalMs: {
    variable: "BILLING_INTERVAL_SECONDS",
    default: "3600",
    says: "How often HPC Park is asked what each resource costs. Each time the status of whatever has cost something is written.",
    parse: seconds(SHORTEST_SECONDS, 86_400),
  },
  settleMs: {
    variable: "SETTLE_SECONDS",
    default: "30",
    says: "How long, beyond the request timeout, a create request whose answer was lost may still take effect.",
    parse: seconds(SHORTEST_SECONDS, 3600),
  },
  requestTimeoutMs: {
    variable: "REQUEST_TIMEOUT_SECONDS",
    default: "15",
    says: "How long one request to HPC Park may take.",
    parse: seconds(SHORTEST_SECONDS, 300),
  },
  hpcParkRequestsPerSecond: {
    variable: "HPC_PARK_REQUESTS_PER_SECOND",
    default: "10",
    says: "How many requests to HPC Park may start in one second.",
    parse: whole(1, 10_000),
  },
  maxConcurrentReconciles: {
    variable: "MAX_CONCURRENT_RECONCILES",
    default: "16",
    says: "How many resources of a kind are worked on at a time.",
    parse: whole(1, 1000),
  },
  leaderElection: {
    variable: "LEADER_ELECTION",
    default: "true",
    says: "Whether only one of several operators works at a time; false only where there is but one.",
    parse: flag,
  },
  leaseNamespace: {
    variable: "LEASE_NAMESPACE",
    says: "Namespace of the leader's Lease. Default: the operator's own namespace, or the kubeconfig's.",
    parse: text,
  },
  leaseDurationMs: {
    variable: "LEASE_DURATION_SECONDS",
    default: "15",
    says: "How long after its last renewal a leader's Lease is respected by the others.",
    parse: seconds(SHORTEST_LEASE_SECONDS, 600),
  },
  leaseRenewDeadlineMs: {
    variable: "LEASE_RENEW_DEADLINE_SECONDS",
    default: "10",
    says: "How long a leader that cannot renew its Lease goes on; shorter than the Lease's duration.",
    parse: seconds(SHORTEST_SECONDS, 600),
  },
  leaseRetryMs: {
    variable: "LEASE_RETRY_SECONDS",
    default: "2",
    says: "How often the Lease is renewed, or tried for.",
    parse: seconds(SHORTEST_SECONDS, 600),
  },
  watchIdleMs: {
    variable: "WATCH_IDLE_SECONDS",
    default: "120",
    says: "How long a watch of the API server may be silent, bookmarks included, before it is opened anew.",
    parse: seconds(SHORTEST_SECONDS, 3600),
  },
  healthHost: {
    variable: "HEALTH_HOST",
    default: "0.0.0.0",
    says: "Address on which /healthz, /readyz and /metrics are served.",
    parse: text,
  },
  healthPort: {
    variable: "HEALTH_PORT",
    default: "8081",
    says: "Port of /healthz, /readyz and /metrics; 0 takes a free one.",
    parse: whole(0, 65_535),
  },
  shutdownGraceMs: {
    variable: "SHUTDOWN_GRACE_SECONDS",
    default: "25",
    says: "How long what was begun may take to end after SIGTERM.",
    parse: seconds(SHORTEST_SECONDS, 600),
  },
  logLevel: {
    variable: "LOG_LEVEL",
    default: "info",
    says: `One of ${LOG_LEVELS.join(", ")}.`,
    parse: oneOf(LOG_LEVELS),
  },
};

export function optionNames(): (keyof Config)[] {
  // The table's type has exactly the names of Config.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.keys(OPTIONS) as (keyof Config)[];
}

/** The flag of an environment variable, without its dashes. */
export function flagOf(variable: string): string {
  return variable.toLowerCase().replaceAll("_", "-");
}
