import { parseArgs } from "node:util";
import { text, nonEmpty, list, flag, url, oneOf, whole, seconds } from "./config-values.ts";

export interface Config {
  readonly kubeconfig: string | undefined;
  readonly hpcParkUrl: string;
  readonly hpcParkToken: string | undefined;
  readonly hpcParkTokenFile: string | undefined;
  readonly ownerId: string | undefined;
  readonly watchNamespaces: readonly string[];
  readonly pollIntervalMs: number;
  readonly activePollIntervalMs: number;
  readonly settleMs: number;
  readonly requestTimeoutMs: number;
  readonly hpcParkRequestsPerSecond: number;
  readonly maxConcurrentReconciles: number;
  readonly leaderElection: boolean;
  readonly leaseNamespace: string | undefined;
  readonly healthHost: string;
  readonly healthPort: number;
  readonly shutdownGraceMs: number;
  readonly logLevel: string;
}

interface Option<Value> {
  /** The environment variable; the flag is the same in kebab case. */
  readonly variable: string;
  readonly default?: string;
  /** One sentence for `--help`. */
  readonly says: string;
  /** Throws an Error whose message ends the sentence "<variable> …". */
  readonly parse: (text: string) => Value;
}

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/** Fractions are taken too, for tests and demonstrations. */
const SHORTEST_SECONDS = 0.01;

/** The one table: flag, environment variable, default, sentence, and what makes a value good. */
const OPTIONS: { readonly [Name in keyof Config]: Option<Config[Name]> } = {
  kubeconfig: {
    variable: "KUBECONFIG",
    says: "Path of a kubeconfig; without it ~/.kube/config, or the service account inside a cluster.",
    parse: text,
  },
  hpcParkUrl: {
    variable: "HPC_PARK_URL",
    default: "https://api.hpc-park.ru",
    says: "Where the HPC Park API is.",
    parse: url,
  },
  hpcParkTokenFile: {
    variable: "HPC_PARK_TOKEN_FILE",
    says: "File that holds the HPC Park token; it is read anew when it changes.",
    parse: text,
  },
  hpcParkToken: {
    variable: "HPC_PARK_TOKEN",
    says: "The HPC Park token itself; the file is safer.",
    parse: text,
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

/** Every mistake of a command line and an environment, told at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join("\n"));
    this.mistakes = mistakes;
  }
}

/**
 * Reads the configuration; a flag goes before its environment variable, an empty variable counts as absent.
 *
 * @throws ConfigError with all mistakes.
 */
export function readConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Config {
  const mistakes: string[] = [];
  const flags = readFlags(args, mistakes);
  const read = <Name extends keyof Config>(name: Name): Config[Name] | undefined => {
    const option = OPTIONS[name];
    const value =
      flags[flagOf(option.variable)] ??
      (environment[option.variable] || undefined) ??
      option.default;
    if (value === undefined) return undefined;
    try {
      return option.parse(value);
    } catch (error) {
      mistakes.push(`${option.variable} ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const entries = optionNames().map((name) => [name, read(name)] as const);
  const config = Object.fromEntries(entries);
  if (config["hpcParkToken"] === undefined && config["hpcParkTokenFile"] === undefined) {
    mistakes.push(
      "HPC_PARK_TOKEN_FILE or HPC_PARK_TOKEN must be given: the token from the HPC Park panel",
    );
  }
  if (config["hpcParkToken"] !== undefined && config["hpcParkTokenFile"] !== undefined) {
    mistakes.push("HPC_PARK_TOKEN_FILE and HPC_PARK_TOKEN must not both be given");
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  // Every option without a default admits undefined, and every other one was parsed or is a mistake above.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return config as unknown as Config;
}

/** The table as text for `--help`. */
export function describeOptions(): string {
  return optionNames()
    .map((name) => {
      const { variable, says, default: standard } = OPTIONS[name];
      const suffix = standard === undefined || standard === "" ? "" : ` Default: ${standard}.`;
      return `  --${flagOf(variable)}, ${variable}\n      ${says}${suffix}`;
    })
    .join("\n");
}

function readFlags(
  args: readonly string[],
  mistakes: string[],
): Record<string, string | undefined> {
  const options = Object.fromEntries(
    optionNames().map((name) => [flagOf(OPTIONS[name].variable), { type: "string" as const }]),
  );
  // Not strict: that would stop at the first mistake, and drop the flags that are right.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const values: Record<string, string> = {};
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") mistakes.push(`unexpected argument "${token.value}"`);
    else if (!Object.hasOwn(options, token.name)) mistakes.push(`unknown option ${token.rawName}`);
    else if (token.value === undefined || (!token.inlineValue && token.value.startsWith("-")))
      mistakes.push(`${token.rawName} needs a value, as in ${token.rawName}=…`);
    else values[token.name] = token.value;
  }
  return values;
}

function optionNames(): (keyof Config)[] {
  // The table's type has exactly the names of Config.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.keys(OPTIONS) as (keyof Config)[];
}

function flagOf(variable: string): string {
  return variable.toLowerCase().replaceAll("_", "-");
}
