import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import type { Manager } from "./controller/manager.ts";
import { updateGauges } from "./gauges.ts";
import { countKubeRequest, gaugeProcess } from "./gauges/process-gauges.ts";
import { type HealthServer, startHealthServer } from "./health.ts";
import { KubeClient } from "./kube/client.ts";
import { EventRecorder } from "./kube/events.ts";
import { loadKubeConfig, ownNamespace } from "./kube/kube-config.ts";
import { Lease } from "./kube/lease.ts";
import type { ReflectorLog } from "./kube/reflector.ts";
import { KubeTransport } from "./kube/transport.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { watchLoop } from "./metrics/loop-stalls.ts";
import { readOwnerId } from "./owner-id.ts";
import { ProviderError } from "./provider/errors.ts";
import { aborted, orAborted, within } from "./shutdown.ts";
import { COMPONENT, now, type Surroundings, type System } from "./system.ts";
import { createSystems } from "./systems.ts";
import type { Tracing } from "./tracing.ts";

/** For the last words to the API server: events, and giving up the lease. */
const FAREWELL_MS = 3_000;

/**
 * The process: health first, then informers, then the lease, then workers. It ends in the opposite order: unready, no new keys, drain,
 * release the lease.
 */
export class Operator {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #metrics: Metrics = createMetrics();
  readonly #tracing: Tracing | undefined;
  /** Ends what is under way; aborted only when the drain is over. */
  readonly #ending = new AbortController();
  readonly #transport: KubeTransport;
  readonly #client: KubeClient;
  readonly #events: EventRecorder;
  readonly #systems: readonly System[];
  readonly #lease: Lease | undefined;
  /** What the process still waits for; while there is something, it is not ready. */
  #waitsFor: string | undefined = "starting";
  /** By provider. */
  #managers: ReadonlyMap<string, Manager> = new Map();
  #isDrained = true;

  constructor(config: Config, logger: Logger, tracing?: Tracing) {
    this.#config = config;
    this.#logger = logger;
    this.#tracing = tracing;
    const kubeConfig = loadKubeConfig(config.kubeconfig);
    this.#transport = new KubeTransport({
      kubeConfig,
      userAgent: COMPONENT,
      onRequest: (outcome) => countKubeRequest(this.#metrics, outcome),
      traceRequest: tracing?.toApiServer,
    });
    this.#client = new KubeClient(this.#transport);
    const identity = `${hostname()}_${randomUUID()}`;
    this.#events = new EventRecorder({
      client: this.#client,
      component: COMPONENT,
      instance: identity,
      log: this.#log,
      isBusy: () => this.#isBusy,
      onOutcome: (outcome) => this.#metrics.events.inc({ outcome }),
      signal: this.#ending.signal,
      now,
    });
    this.#systems = createSystems(this.#surroundings, {
      guard: () => this.#guard(),
      reconsider: (provider) => this.#managers.get(provider)?.reconsider(),
    });
    this.#lease = config.leaderElection
      ? new Lease({
          client: this.#client,
          transport: this.#transport,
          namespace: config.leaseNamespace ?? ownNamespace(kubeConfig),
          name: COMPONENT,
          identity,
          log: this.#log,
          leaseDurationMs: config.leaseDurationMs,
          renewDeadlineMs: config.leaseRenewDeadlineMs,
          retryPeriodMs: config.leaseRetryMs,
        })
      : undefined;
  }

  /** Resolves to the exit code: 0 after a termination, 1 when the lease was lost. */
  async run(termination: AbortSignal): Promise<number> {
    const health = await this.#serveHealth();
    const { hpcParkUrl: url, providers } = this.#config;
    this.#logger.info({ health: health.url, providers, url }, "started");
    using _ = watchLoop(now, (stalledMs) => this.#metrics.loopStalls.inc(stalledMs / 1000));
    try {
      return await this.#workUntil(termination);
    } finally {
      this.#ending.abort(new Error("the process ends"));
      for (const { own } of this.#systems) own?.close();
      for (const manager of this.#managers.values()) manager.accounts.sessions.close();
      await this.#transport.close();
      await health.close();
      this.#logger.info("ended");
    }
  }

  async #workUntil(termination: AbortSignal): Promise<number> {
    await this.#prepare(termination);
    const leasing = new AbortController();
    const renewing = this.#lease?.run(leasing.signal);
    try {
      if (!(await this.#lead(termination))) return 0;
      return await this.#work(termination);
    } finally {
      leasing.abort();
      await renewing;
      await this.#sayFarewell();
    }
  }

  async #work(termination: AbortSignal): Promise<number> {
    this.#waitsFor = undefined;
    const managers = [...this.#managers.values()];
    const work = Promise.all(managers.map((manager) => manager.work()));
    // Work does not wait for it, but for what it must know to read a list.
    for (const { own } of this.#systems) void own?.keepInformed();
    const isLost = await Promise.race([
      aborted(termination).then(() => false),
      this.#lease?.lost.then(() => true) ?? new Promise<never>(() => undefined),
    ]);
    this.#waitsFor = isLost ? "the lease was lost" : "shutting down";
    for (const manager of managers) manager.drain();
    if (isLost) {
      this.#isDrained = false;
      this.#logger.error("the lease was lost; another operator leads now");
      return 1;
    }
    const { shutdownGraceMs } = this.#config;
    this.#isDrained = await within(shutdownGraceMs, work);
    if (!this.#isDrained) this.#logger.warn({ shutdownGraceMs }, "not everything ended in time");
    return 0;
  }

  /** The lease is kept where something is still under way, so that nobody else begins before that can no longer write. */
  async #sayFarewell(): Promise<void> {
    await within(FAREWELL_MS, this.#events.flush());
    if (!this.#isDrained || this.#lease === undefined) return;
    const release = this.#lease.release(AbortSignal.timeout(FAREWELL_MS));
    await release.catch((error: unknown) =>
      this.#logger.warn({ err: error }, "the lease could not be released"),
    );
  }

  async #prepare(termination: AbortSignal): Promise<void> {
    this.#waitsFor = "reading the cluster's identity";
    const ownerId = this.#config.ownerId ?? (await this.#readOwnerId(termination));
    const cluster = {
      client: this.#client,
      transport: this.#transport,
      events: this.#events,
      ownerId,
    };
    this.#managers = new Map(
      this.#systems.map(({ provider, manage }) => [provider, manage(cluster)]),
    );
    this.#waitsFor = "the informers have not read everything yet";
    const watching = [...this.#managers.values()].map((manager) => manager.watch());
    await orAborted(Promise.all(watching), termination);
  }

  /** Returns whether this process leads; false where it was told to end before. */
  async #lead(termination: AbortSignal): Promise<boolean> {
    if (this.#lease === undefined) return !termination.aborted;
    // A standby is ready: it can take over at any time.
    this.#waitsFor = undefined;
    await Promise.race([this.#lease.acquired, aborted(termination)]);
    return !termination.aborted;
  }

  #readOwnerId(termination: AbortSignal): Promise<string> {
    return readOwnerId(this.#client, termination, (error) => {
      const why = error instanceof Error ? error.message : String(error);
      this.#waitsFor = `the UID of namespace kube-system cannot be read: ${why}`;
      this.#logger.warn({ err: error }, "the cluster's identity cannot be read; trying again");
    });
  }

  get #surroundings(): Surroundings {
    return {
      config: this.#config,
      logger: this.#logger,
      metrics: this.#metrics,
      tracing: this.#tracing,
      signal: this.#ending.signal,
    };
  }

  /** Not on the way out, when there is little time for the last words. */
  get #isBusy(): boolean {
    const queues = [...this.#managers.values()].flatMap(({ kinds }) =>
      [...kinds.values()].map(({ queue }) => queue),
    );
    return this.#waitsFor === undefined && queues.some(({ isBusy }) => isBusy);
  }

  #gauge(): void {
    gaugeProcess(this.#metrics, { isReady: this.#faults.length === 0, lease: this.#lease });
    updateGauges(
      this.#metrics,
      this.#systems.flatMap(({ provider, own }) => {
        const manager = this.#managers.get(provider);
        return manager === undefined ? [] : [{ provider, manager, load: own?.load }];
      }),
    );
  }

  #guard(): void {
    if (this.#lease === undefined || this.#lease.isHeld()) return;
    throw new ProviderError(
      "unavailable",
      "this process does not hold the lease; nothing was sent",
    );
  }

  /** Why the process cannot work at present. */
  get #faults(): readonly string[] {
    return [
      ...(this.#waitsFor === undefined ? [] : [this.#waitsFor]),
      ...(this.#lease?.failure === undefined ? [] : [this.#lease.failure]),
      ...[...this.#managers.values()]
        .flatMap(({ silentKinds }) => silentKinds)
        .map((kind) => `nothing was heard of ${kind} from the API server for too long`),
    ];
  }

  #serveHealth(): Promise<HealthServer> {
    const { healthHost, healthPort } = this.#config;
    return startHealthServer({
      host: healthHost,
      port: healthPort,
      registry: this.#metrics.registry,
      readiness: () => this.#faults,
      beforeMetrics: () => this.#gauge(),
    });
  }

  readonly #log: ReflectorLog = (level, message, fields) => this.#logger[level](fields, message);
}
