import { performance } from "node:perf_hooks";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import type { Manager, ManagerOptions } from "./controller/manager.ts";
import type { QueueObserver } from "./controller/workqueue.ts";
import { OPERATORS_OWN } from "./core/account-name.ts";
import type { KubeClient } from "./kube/client.ts";
import type { EventRecorder } from "./kube/events.ts";
import type { KubeTransport } from "./kube/transport.ts";
import type { Metrics } from "./metrics.ts";
import type { HttpOutcome } from "./provider/http-exchange.ts";
import type { Lane } from "./provider/lane-queue.ts";
import type { Lanes } from "./provider/lanes.ts";
import { Telling } from "./telling.ts";
import type { Tracing } from "./tracing.ts";

/** Name of the component to the API server, to the providers and in events. */
export const COMPONENT = "hpc-park-operator";

/** Monotonic milliseconds: the one clock that durations are measured with. */
export const now = (): number => performance.now();

export interface Surroundings {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Left out: nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** Ends what is still under way. */
  readonly signal: AbortSignal;
}

export interface Cluster {
  readonly client: KubeClient;
  readonly transport: KubeTransport;
  readonly events: EventRecorder;
  readonly ownerId: string;
}

export interface SystemHooks {
  /** Throws where this process may not write any more. */
  readonly guard: () => void;
  /** What a service says of itself means something else than before for what is in it. */
  readonly reconsider: () => void;
}

/** The account that the operator itself was given. */
export interface OwnAccount {
  /** What waits, and what may start. */
  readonly load: Pick<Lanes, "waiting" | "left" | "perSecond">;
  keepInformed(): Promise<void>;
  close(): void;
}

/** One provider, ready to be put to work. */
export interface System {
  /** Its name in logs and metrics. */
  readonly provider: string;
  /** Left out: every resource names an account object. */
  readonly own?: OwnAccount;
  readonly manage: (cluster: Cluster) => Manager;
}

type OwnOptions = "kinds" | "accountPort" | "ownUrl" | "allowedUrls" | "keys";

/** What every provider is managed with. */
export function managerOptions(
  { config, logger, metrics, tracing, signal }: Surroundings,
  cluster: Cluster,
  provider: string,
): Omit<ManagerOptions, OwnOptions> {
  const telling = new Telling(logger, metrics, tracing);
  return {
    ...cluster,
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
    tellAccount: (kind, told) => telling.tellAccount(kind, told),
    tellUnsettled: (controller, outcome) => metrics.creates.inc({ controller, outcome }),
    observeQueue: (kind) => queueObserver(metrics, kind),
    inTrace: tracing?.inTrace,
    tellOrphan: (kind, orphan) => telling.tellOrphan(kind, orphan),
    tellTakenBack: (kind, orphan) => telling.tellTakenBack(kind, orphan),
    onSuspicion: (suspicion, name) =>
      telling.tellSuspicion(provider, suspicion, name === OPERATORS_OWN ? undefined : name),
    now,
    wallClock: () => new Date(),
    random: Math.random,
    signal,
  };
}

/** Counts and traces what a provider is asked, and counts how long that waits for its turn. */
export function requestHooks(
  { metrics, tracing }: Pick<Surroundings, "metrics" | "tracing">,
  provider: string,
) {
  return {
    traceRequest: tracing?.toProvider(provider),
    onOutcome: ({ operation, code, durationMs }: HttpOutcome): void => {
      metrics.providerRequests.inc({ provider, operation, code });
      metrics.providerSeconds.observe({ provider, operation }, durationMs / 1000);
    },
    onTurn: (lane: Lane, waitedMs: number): void =>
      metrics.laneSeconds.observe({ provider, lane }, waitedMs / 1000),
  };
}

function queueObserver(metrics: Metrics, name: string): QueueObserver {
  return {
    added: () => metrics.queueAdds.inc({ name }),
    taken: (waitedMs) => metrics.queueSeconds.observe({ name }, waitedMs / 1000),
    done: (workedMs) => metrics.workSeconds.observe({ name }, workedMs / 1000),
    retried: () => metrics.queueRetries.inc({ name }),
  };
}

/** A simulator on this machine needs no TLS. */
export function isReadableOnTheWay(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
