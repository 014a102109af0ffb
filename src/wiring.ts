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
import { instanceKind } from "./provider/hpc-park/instance.ts";
import { storageKind } from "./provider/hpc-park/storage.ts";
import { fixedToken, tokenFromFile } from "./provider/token-source.ts";
import { Telling } from "./telling.ts";

/** Name of the component to the API server, to the provider and in events. */
export const COMPONENT = "hpc-park-operator";

/** Name of the provider in logs and metrics. */
export const PROVIDER = "hpc-park";

/** Monotonic milliseconds: the one clock that durations are measured with. */
export const now = (): number => performance.now();

export interface Surroundings {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Ends what is still under way. */
  readonly signal: AbortSignal;
}

/** What every account is opened with, whose ever it is. @param guard Throws where this process may not write any more. */
export function accountOptions(
  { config, logger, metrics, signal }: Surroundings,
  guard: () => void,
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
    onDescription: ({ missing, statePath }) => {
      metrics.contractDifferences.set({ provider }, missing.length);
      const level = missing.length === 0 ? "info" : "warn";
      logger[level]({ missing, statePath }, "read what HPC Park says of itself");
    },
    now,
    wallClock: () => new Date(),
    random: Math.random,
    signal,
  };
}

/** The operator's own account. */
export function createAccount(config: Config, options: HpcAccountPortOptions): HpcParkAccount {
  const { hpcParkToken = "", hpcParkTokenFile, hpcParkUrl: url } = config;
  const token =
    hpcParkTokenFile === undefined
      ? fixedToken(hpcParkToken)
      : tokenFromFile(hpcParkTokenFile, now);
  return new HpcParkAccount({ ...options, url, token });
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
    kinds: [instanceKind, storageKind].flatMap((port) => {
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
