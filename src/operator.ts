import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import type { Manager } from "./controller/manager.ts";
import { updateGauges } from "./gauges.ts";
import { type HealthServer, startHealthServer } from "./health.ts";
import { KubeClient } from "./kube/client.ts";
import { EventRecorder } from "./kube/events.ts";
import { loadKubeConfig, ownNamespace } from "./kube/kube-config.ts";
import { Lease } from "./kube/lease.ts";
import type { ReflectorLog } from "./kube/reflector.ts";
import { KubeTransport } from "./kube/transport.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { ProviderError } from "./provider/errors.ts";
import type { HpcAccountPortOptions } from "./provider/hpc-park/account-port.ts";
import type { HpcParkAccount } from "./provider/hpc-park/account.ts";
import { aborted, orAborted, within } from "./shutdown.ts";
import {
  accountOptions,
  COMPONENT,
  createAccount,
  createManager,
  now,
  type Surroundings,
} from "./wiring.ts";

/** Between tries to read what is needed at the start. */
const START_RETRY_MS = 2_000;
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
  /** Ends what is under way; aborted only when the drain is over. */
  readonly #ending = new AbortController();
  readonly #transport: KubeTransport;
  readonly #client: KubeClient;
  readonly #events: EventRecorder;
  readonly #account: HpcParkAccount;
  readonly #accountOptions: HpcAccountPortOptions;
  readonly #lease: Lease | undefined;
  /** What the process still waits for; while there is something, it is not ready. */
  #waitsFor: string | undefined = "starting";
  #manager: Manager | undefined;
  #isDrained = true;

  constructor(config: Config, logger: Logger) {
    this.#config = config;
    this.#logger = logger;
    const kubeConfig = loadKubeConfig(config.kubeconfig);
    this.#transport = new KubeTransport({
      kubeConfig,
      userAgent: COMPONENT,
      onRequest: ({ method, code }) => this.#metrics.kubeRequests.inc({ method, code }),
    });
    this.#client = new KubeClient(this.#transport);
    const identity = `${hostname()}_${randomUUID()}`;
    this.#events = new EventRecorder({
      client: this.#client,
      component: COMPONENT,
      instance: identity,
      log: this.#log,
      isBusy: () => this.#isBusy,
      signal: this.#ending.signal,
      now,
    });
    this.#accountOptions = accountOptions(
      this.#surroundings,
      () => this.#guard(),
      () => this.#manager?.reconsider(),
    );
    this.#account = createAccount(this.#surroundings, this.#accountOptions);
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
    this.#logger.info({ health: health.url, url: this.#config.hpcParkUrl }, "started");
    try {
      return await this.#workUntil(termination);
    } finally {
      this.#ending.abort(new Error("the process ends"));
      this.#account.close();
      this.#manager?.accounts.sessions.close();
      await this.#transport.close();
      await health.close();
      this.#logger.info("ended");
    }
  }

  async #workUntil(termination: AbortSignal): Promise<number> {
    const manager = await this.#prepare(termination);
    const leasing = new AbortController();
    const renewing = this.#lease?.run(leasing.signal);
    try {
      if (!(await this.#lead(termination))) return 0;
      return await this.#work(manager, termination);
    } finally {
      leasing.abort();
      await renewing;
      await this.#sayFarewell();
    }
  }

  async #work(manager: Manager, termination: AbortSignal): Promise<number> {
    this.#waitsFor = undefined;
    const work = manager.work();
    // Work does not wait for it, but for what it must know to read a list.
    void this.#account.keepInformed();
    const isLost = await Promise.race([
      aborted(termination).then(() => false),
      this.#lease?.lost.then(() => true) ?? new Promise<never>(() => undefined),
    ]);
    this.#waitsFor = isLost ? "the lease was lost" : "shutting down";
    manager.drain();
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

  async #prepare(termination: AbortSignal): Promise<Manager> {
    this.#waitsFor = "reading the cluster's identity";
    const ownerId = this.#config.ownerId ?? (await this.#readOwnerId(termination));
    const cluster = {
      client: this.#client,
      transport: this.#transport,
      events: this.#events,
      ownerId,
    };
    const manager = createManager(this.#surroundings, cluster, this.#account, this.#accountOptions);
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

  get #surroundings(): Surroundings {
    return {
      config: this.#config,
      logger: this.#logger,
      metrics: this.#metrics,
      signal: this.#ending.signal,
    };
  }

  /** Not on the way out, when there is little time for the last words. */
  get #isBusy(): boolean {
    const queues = [...(this.#manager?.kinds.values() ?? [])].map(({ queue }) => queue);
    return this.#waitsFor === undefined && queues.some(({ isBusy }) => isBusy);
  }

  #gauge(): void {
    const isLeader = this.#lease === undefined || this.#lease.isHeld();
    this.#metrics.leader.set({ name: COMPONENT }, isLeader ? 1 : 0);
    if (this.#manager !== undefined) updateGauges(this.#metrics, this.#manager, this.#account.load);
  }

  #guard(): void {
    if (this.#lease === undefined || this.#lease.isHeld()) return;
    throw new ProviderError(
      "unavailable",
      "this process does not hold the lease; nothing was sent",
    );
  }

  #serveHealth(): Promise<HealthServer> {
    const { healthHost, healthPort } = this.#config;
    return startHealthServer({
      host: healthHost,
      port: healthPort,
      registry: this.#metrics.registry,
      readiness: () => [
        ...(this.#waitsFor === undefined ? [] : [this.#waitsFor]),
        ...(this.#lease?.failure === undefined ? [] : [this.#lease.failure]),
        ...(this.#manager?.silentKinds ?? []).map(
          (kind) => `nothing was heard of ${kind} from the API server for too long`,
        ),
      ],
      beforeMetrics: () => this.#gauge(),
    });
  }

  readonly #log: ReflectorLog = (level, message, fields) => this.#logger[level](fields, message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
