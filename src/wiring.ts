import { performance } from "node:perf_hooks";
import type { Logger } from "pino";
import { HPC_PARK_GROUP, metadataKeys } from "./api/metadata.ts";
import type { Config } from "./config.ts";
import { Manager } from "./controller/manager.ts";
import { OPERATORS_OWN } from "./core/account-name.ts";
import type { KubeClient } from "./kube/client.ts";
import type { EventRecorder } from "./kube/events.ts";
import type { KubeTransport } from "./kube/transport.ts";
import type { Metrics } from "./metrics.ts";
import { type HpcAccountPortOptions, hpcAccountPort } from "./provider/hpc-park/account-port.ts";
import { HpcParkAccount } from "./provider/hpc-park/account.ts";
import type { ContractTiming } from "./provider/hpc-park/contract-watch.ts";
import { instanceKind } from "./provider/hpc-park/instance.ts";
import { namespaceKind } from "./provider/hpc-park/namespace.ts";
import { storageKind } from "./provider/hpc-park/storage.ts";
import type { KindPort, ManagedSpec } from "./provider/port.ts";
import { tokenKind } from "./provider/hpc-park/token.ts";
import { fixedToken, tokenFromFile } from "./provider/token-source.ts";
import { Telling } from "./telling.ts";

/** Name of the component to the API server, to the provider and in events. */
export const COMPONENT = "hpc-park-operator";

/** Name of the provider in logs and metrics. */
export const PROVIDER = "hpc-park";

/** The kinds that the operator looks after. */
export const KINDS: readonly KindPort<ManagedSpec>[] = [
  instanceKind,
  storageKind,
  namespaceKind,
  tokenKind,
];

/** Monotonic milliseconds: the one clock that durations are measured with. */
export const now = (): number => performance.now();

export interface Surroundings {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Ends what is still under way. */
  readonly signal: AbortSignal;
}

/** A service's description of itself changes with its releases. */
const CONTRACT_AGAIN_MS = 3_600_000;
/** While something is switched off because of it, people wait for it to be mended. */
const CONTRACT_HALTED_TICKS = 10;

/**
 * What every account is opened with, whose ever it is.
 *
 * @param guard Throws where this process may not write any more.
 * @param onConsequences What a service says of itself means something else than before for what is in it.
 */
export function accountOptions(
  { config, logger, metrics, signal }: Surroundings,
  guard: () => void,
  onConsequences: () => void,
): HpcAccountPortOptions {
  const provider = PROVIDER;
  return {
    timeoutMs: config.requestTimeoutMs,
    requestsPerSecond: config.hpcParkRequestsPerSecond,
    userAgent: COMPONENT,
    ca: config.hpcParkCa,
    guard,
    onOutcome: ({ operation, code, durationMs }) => {
      metrics.providerRequests.inc({ provider, operation, code });
      metrics.providerSeconds.observe({ provider, operation }, durationMs / 1000);
    },
    onDescription: (description, server) =>
      new Telling(logger, metrics).tellDescription({ provider, server }, description),
    onConsequences,
    onNoDescription: (error) =>
      logger.warn({ err: error }, "HPC Park's description of itself cannot be read"),
    contractTiming: contractTimingOf(config),
    billingIntervalMs: config.billingIntervalMs,
    now,
    wallClock: () => new Date(),
    random: Math.random,
    signal,
  };
}

/** The operator's own account. */
export function createAccount(
  { config, logger }: Pick<Surroundings, "config" | "logger">,
  options: HpcAccountPortOptions,
): HpcParkAccount {
  const { hpcParkToken = "", hpcParkTokenFile, hpcParkUrl: url } = config;
  if (isReadableOnTheWay(url))
    logger.warn(
      { url },
      "the token travels without TLS, so anybody on the way can read it; use an https URL",
    );
  const token =
    hpcParkTokenFile === undefined
      ? fixedToken(hpcParkToken)
      : tokenFromFile(hpcParkTokenFile, now);
  return new HpcParkAccount({ ...options, url, token });
}

function contractTimingOf({ pollIntervalMs }: Config): ContractTiming {
  return {
    againMs: CONTRACT_AGAIN_MS,
    haltedMs: CONTRACT_HALTED_TICKS * pollIntervalMs,
    afterFailureMs: pollIntervalMs,
  };
}

/** A simulator on this machine needs no TLS. */
export function isReadableOnTheWay(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

export interface Cluster {
  readonly client: KubeClient;
  readonly transport: KubeTransport;
  readonly events: EventRecorder;
  readonly ownerId: string;
}

export function createManager(
  { config, logger, metrics, signal }: Surroundings,
  cluster: Cluster,
  account: HpcParkAccount,
  options: HpcAccountPortOptions,
): Manager {
  const telling = new Telling(logger, metrics);
  const remotes = account.remotes();
  return new Manager({
    ...cluster,
    kinds: KINDS.flatMap((port) => {
      const remote = remotes.get(port.kind);
      return remote === undefined ? [] : [{ port, remote }];
    }),
    accountPort: hpcAccountPort(options),
    ownUrl: config.hpcParkUrl,
    allowedUrls: [config.hpcParkUrl, ...config.allowedUrls],
    keys: metadataKeys(HPC_PARK_GROUP),
    namespaces: config.watchNamespaces,
    timing: {
      activeMs: config.activePollIntervalMs,
      restMs: config.pollIntervalMs,
      quietMs: config.requestTimeoutMs + config.settleMs,
    },
    concurrency: config.maxConcurrentReconciles,
    watchIdleMs: config.watchIdleMs,
    log: (level, message, fields) => logger[level](fields, message),
    tell: (kind, told) => telling.tell(kind, told),
    tellOrphan: (kind, orphan) => telling.tellOrphan(kind, orphan),
    tellTakenBack: (kind, orphan) => telling.tellTakenBack(kind, orphan),
    onSuspicion: (suspicion, name) =>
      telling.tellSuspicion(PROVIDER, suspicion, name === OPERATORS_OWN ? undefined : name),
    now,
    wallClock: () => new Date(),
    random: Math.random,
    signal,
  });
}
