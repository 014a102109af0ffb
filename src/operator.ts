import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { HPC_PARK_GROUP, metadataKeys } from "./api/metadata.ts";
import type { Config } from "./config.ts";
import { Manager } from "./controller/manager.ts";
import { type HealthServer, startHealthServer } from "./health.ts";
import { KubeClient } from "./kube/client.ts";
import { EventRecorder } from "./kube/events.ts";
import { loadKubeConfig, ownNamespace } from "./kube/kube-config.ts";
import { Lease } from "./kube/lease.ts";
import type { ReflectorLog } from "./kube/reflector.ts";
import { KubeTransport } from "./kube/transport.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { ProviderError } from "./provider/errors.ts";
import { HpcParkAccount } from "./provider/hpc-park/account.ts";
import { instanceKind } from "./provider/hpc-park/instance.ts";
import { storageKind } from "./provider/hpc-park/storage.ts";
import { fixedToken, tokenFromFile } from "./provider/token-source.ts";
import { within } from "./shutdown.ts";
import { Telling } from "./telling.ts";

const USER_AGENT = "hpc-park-operator";
/** Between tries to read what is needed at the start. */
const START_RETRY_MS = 2_000;
/** For the last words to the API server: events, and giving up the lease. */
const FAREWELL_MS = 3_000;

const now = (): number => performance.now();
const wallClock = (): Date => new Date();

/**
 * The process: health first, then informers, then the lease, then workers. It ends in the opposite order: unready, no new keys, drain,
 * release the lease.
 */
export class Operator {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #metrics: Metrics = createMetrics();
  /** Ends what is under way; aborted only when the drain is over. */
  readonly #ending = new AbortController();
  readonly #transport: KubeTransport;
  readonly #client: KubeClient;
  readonly #events: EventRecorder;
  readonly #account: HpcParkAccount;
  readonly #lease: Lease | undefined;
  /** What the process still waits for; while there is something, it is not ready. */
  #waitsFor: string | undefined = "starting";
  #manager: Manager | undefined;

  constructor(config: Config, logger: Logger) {
    this.#config = config;
    this.#logger = logger;
    const kubeConfig = loadKubeConfig(config.kubeconfig);
    this.#transport = new KubeTransport({
      kubeConfig,
      userAgent: USER_AGENT,
      onRequest: ({ method, code }) => this.#metrics.kubeRequests.inc({ method, code }),
    });
    this.#client = new KubeClient(this.#transport);
    const identity = `${hostname()}_${randomUUID()}`;
    this.#events = new EventRecorder({
      client: this.#client,
      component: USER_AGENT,
      instance: identity,
      log: this.#log,
      signal: this.#ending.signal,
      now,
    });
    this.#account = this.#createAccount();
    this.#lease = config.leaderElection
      ? new Lease({
          client: this.#client,
          namespace: config.leaseNamespace ?? ownNamespace(kubeConfig),
          name: USER_AGENT,
          identity,
          log: this.#log,
        })
      : undefined;
  }

  /** Resolves to the exit code: 0 after a termination, 1 when the lease was lost. */
  async run(termination: AbortSignal): Promise<number> {
    const health = await this.#serveHealth();
    this.#logger.info({ health: health.url, url: this.#config.hpcParkUrl }, "started");
    try {
      return await this.#workUntil(termination);
    } finally {
      this.#ending.abort(new Error("the process ends"));
      this.#account.close();
      await this.#transport.close();
      await health.close();
      this.#logger.info("ended");
    }
  }

  async #workUntil(termination: AbortSignal): Promise<number> {
    const manager = await this.#prepare(termination);
    const leasing = new AbortController();
    const running = this.#lease?.run(leasing.signal);
    if (!(await this.#lead(termination))) return 0;

    this.#waitsFor = undefined;
    const work = manager.work();
    void this.#account.describe().catch(() => undefined);
    const isLost = await Promise.race([
      aborted(termination).then(() => false),
      this.#lease?.lost.then(() => true) ?? new Promise<never>(() => undefined),
    ]);
    this.#waitsFor = isLost ? "the lease was lost" : "shutting down";
    manager.drain();
    if (isLost) {
      this.#logger.error("the lease was lost; another operator leads now");
      return 1;
    }
    const { shutdownGraceMs } = this.#config;
    const isDrained = await within(shutdownGraceMs, work);
    if (!isDrained) this.#logger.warn({ shutdownGraceMs }, "not everything ended in time");
    leasing.abort();
    await running;
    await this.#sayFarewell(isDrained);
    return 0;
  }

  /** The lease is kept where something is still under way, so that nobody else begins before that can no longer write. */
  async #sayFarewell(isDrained: boolean): Promise<void> {
    await within(FAREWELL_MS, this.#events.flush());
    if (!isDrained || this.#lease === undefined) return;
    const release = this.#lease.release(AbortSignal.timeout(FAREWELL_MS));
    await release.catch((error: unknown) =>
      this.#logger.warn({ err: error }, "the lease could not be released"),
    );
  }

  async #prepare(termination: AbortSignal): Promise<Manager> {
    this.#waitsFor = "reading the cluster's identity";
    const ownerId = this.#config.ownerId ?? (await this.#readOwnerId(termination));
    const manager = this.#createManager(ownerId);
    this.#manager = manager;
    this.#waitsFor = "the informers have not read everything yet";
    await orAborted(manager.watch(), termination);
    return manager;
  }

  /** Returns whether this process leads; false where it was told to end before. */
  async #lead(termination: AbortSignal): Promise<boolean> {
    if (this.#lease === undefined) return !termination.aborted;
    // A standby is ready: it can take over at any time.
    this.#waitsFor = undefined;
    await Promise.race([this.#lease.acquired, aborted(termination)]);
    return !termination.aborted;
  }

  async #readOwnerId(termination: AbortSignal): Promise<string> {
    for (;;) {
      termination.throwIfAborted();
      try {
        return await this.#client.getNamespaceUid("kube-system", termination);
      } catch (error) {
        termination.throwIfAborted();
        this.#waitsFor = `the UID of namespace kube-system cannot be read: ${messageOf(error)}`;
        this.#logger.warn({ err: error }, "the cluster's identity cannot be read; trying again");
        await delay(START_RETRY_MS, undefined, { signal: termination }).catch(() => undefined);
      }
    }
  }

  #createAccount(): HpcParkAccount {
    const { hpcParkToken, hpcParkTokenFile, ...config } = this.#config;
    return new HpcParkAccount({
      url: config.hpcParkUrl,
      token:
        hpcParkTokenFile === undefined
          ? fixedToken(hpcParkToken ?? "")
          : tokenFromFile(hpcParkTokenFile, now),
      timeoutMs: config.requestTimeoutMs,
      requestsPerSecond: config.hpcParkRequestsPerSecond,
      userAgent: USER_AGENT,
      guard: () => this.#guard(),
      onOutcome: ({ operation, code, durationMs }) => {
        this.#metrics.providerRequests.inc({ provider: "hpc-park", operation, code });
        this.#metrics.providerSeconds.observe(
          { provider: "hpc-park", operation },
          durationMs / 1000,
        );
      },
      onDescription: ({ missing, statePath }) => {
        this.#metrics.contractDifferences.set({ provider: "hpc-park" }, missing.length);
        const level = missing.length === 0 ? "info" : "warn";
        this.#logger[level]({ missing, statePath }, "read what HPC Park says of itself");
      },
      now,
      random: Math.random,
      signal: this.#ending.signal,
    });
  }

  #guard(): void {
    if (this.#lease === undefined || this.#lease.isHeld()) return;
    throw new ProviderError(
      "unavailable",
      "this process does not hold the lease; nothing was sent",
    );
  }

  #createManager(ownerId: string): Manager {
    const config = this.#config;
    const telling = new Telling(this.#logger, this.#metrics);
    const remotes = this.#account.remotes();
    return new Manager({
      client: this.#client,
      transport: this.#transport,
      events: this.#events,
      kinds: [instanceKind, storageKind].flatMap((port) => {
        const remote = remotes.get(port.kind);
        return remote === undefined ? [] : [{ port, remote }];
      }),
      keys: metadataKeys(HPC_PARK_GROUP),
      ownerId,
      namespaces: config.watchNamespaces,
      timing: {
        activeMs: config.activePollIntervalMs,
        restMs: config.pollIntervalMs,
        quietMs: config.requestTimeoutMs + config.settleMs,
      },
      concurrency: config.maxConcurrentReconciles,
      log: this.#log,
      tell: (kind, told) => telling.tell(kind, told),
      onSuspicion: (kind, suspicion) => telling.tellSuspicion(kind, suspicion),
      now,
      wallClock,
      random: Math.random,
      signal: this.#ending.signal,
    });
  }

  #serveHealth(): Promise<HealthServer> {
    const { healthHost, healthPort } = this.#config;
    return startHealthServer({
      host: healthHost,
      port: healthPort,
      registry: this.#metrics.registry,
      readiness: () => [
        ...(this.#waitsFor === undefined ? [] : [this.#waitsFor]),
        ...(this.#manager?.silentKinds ?? []).map(
          (kind) => `nothing was heard of ${kind} from the API server for too long`,
        ),
      ],
      beforeMetrics: () => this.#gauge(),
    });
  }

  #gauge(): void {
    const { leader, queueDepth, snapshotAge, resources } = this.#metrics;
    leader.set({ name: USER_AGENT }, this.#lease === undefined || this.#lease.isHeld() ? 1 : 0);
    resources.reset();
    for (const [kind, { queue, connection, store }] of this.#manager?.kinds ?? []) {
      queueDepth.set({ name: kind }, queue.size);
      snapshotAge.set({ controller: kind }, connection.snapshots.unseenForMs / 1000);
      for (const { status } of store.list()) {
        const ready = status?.conditions?.find(({ type }) => type === "Ready");
        resources.inc({
          controller: kind,
          ready: ready?.status ?? "Unknown",
          reason: ready?.reason ?? "New",
        });
      }
    }
  }

  readonly #log: ReflectorLog = (level, message, fields) => this.#logger[level](fields, message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return Promise.race([
    work,
    aborted(signal).then((): never => {
      throw signal.reason;
    }),
  ]);
}
