import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeClient } from "./client.ts";
import { KubeError } from "./errors.ts";
import type { KubeObject, ResourceType } from "./kube-object.ts";
import type { ReflectorLog } from "./reflector.ts";

const LEASES: ResourceType = {
  group: "coordination.k8s.io",
  version: "v1",
  plural: "leases",
  kind: "Lease",
};

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

interface LeaseObject extends KubeObject {
  readonly spec?: LeaseSpec;
}

export interface LeaseOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly log: ReflectorLog;
  /** client-go's defaults: 15, 10 and 2 seconds. */
  readonly leaseDurationMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryPeriodMs?: number;
}

/** client-go's factor: retries of several candidates drift apart. */
const JITTER = 1.2;

/**
 * Leader election on a Lease with client-go's semantics.
 *
 * No clock of another machine is trusted: another's lease has run out when its record has not changed for its duration on our own
 * monotonic clock. Our own is counted from when the request that renewed it began.
 */
export class Lease {
  /** Resolves when this process leads for the first time. */
  readonly acquired: Promise<void>;
  /** Resolves when it led and does no longer. */
  readonly lost: Promise<void>;
  readonly #options: Required<LeaseOptions>;
  readonly #markAcquired: () => void;
  readonly #markLost: () => void;
  #renewedMs = -Infinity;
  #isLeading = false;
  #object: LeaseObject | undefined;
  #seenRecord = "";
  #seenMs = -Infinity;

  constructor(options: LeaseOptions) {
    this.#options = {
      leaseDurationMs: 15_000,
      renewDeadlineMs: 10_000,
      retryPeriodMs: 2_000,
      ...options,
    };
    const acquired = Promise.withResolvers<void>();
    const lost = Promise.withResolvers<void>();
    this.acquired = acquired.promise;
    this.lost = lost.promise;
    this.#markAcquired = acquired.resolve;
    this.#markLost = lost.resolve;
  }

  /** Whether a write that begins now is still the leader's. Asked last thing before every remote write. */
  isHeld(): boolean {
    return this.#isLeading && performance.now() < this.#renewedMs + this.#options.leaseDurationMs;
  }

  /** Acquires, then renews until the signal aborts or the lease is lost. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#attempt(signal);
      const silentMs = performance.now() - this.#renewedMs;
      if (this.#isLeading && silentMs > this.#options.renewDeadlineMs) {
        this.#isLeading = false;
        this.#markLost();
        return;
      }
      const waitMs = this.#options.retryPeriodMs * (1 + Math.random() * (JITTER - 1));
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Gives the lease up, so that another need not wait for it to run out. To be called when nothing is under way any more. */
  async release(signal: AbortSignal): Promise<void> {
    if (!this.isHeld()) return;
    this.#isLeading = false;
    // One second, as client-go: the next holder sets its own.
    await this.#write({ holderIdentity: "", leaseDurationSeconds: 1 }, signal);
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    const beganMs = performance.now();
    const { renewDeadlineMs, retryPeriodMs, log, name } = this.#options;
    const limit = AbortSignal.any([
      signal,
      AbortSignal.timeout(Math.max(renewDeadlineMs / 2, retryPeriodMs)),
    ]);
    try {
      if (!(await this.#acquireOrRenew(limit))) return;
      this.#renewedMs = beganMs;
      if (this.#isLeading) return;
      this.#isLeading = true;
      log("info", "leading", { lease: name, identity: this.#options.identity });
      this.#markAcquired();
    } catch (error) {
      this.#object = undefined;
      if (signal.aborted || (error instanceof KubeError && error.kind === "conflict")) return;
      log("warn", "the lease could not be renewed", { lease: name, err: error });
    }
  }

  /** Returns whether we hold it now. */
  async #acquireOrRenew(signal: AbortSignal): Promise<boolean> {
    const { identity } = this.#options;
    const object = this.#isLeading
      ? (this.#object ?? (await this.#read(signal)))
      : await this.#read(signal);
    if (object === undefined) {
      await this.#createLease(signal);
      return true;
    }
    this.#notice(object);
    const holder = object.spec?.holderIdentity ?? "";
    if (holder !== identity && holder !== "" && !this.#hasRunOut(object)) return false;
    this.#object = object;
    await this.#write({ holderIdentity: identity }, signal);
    return true;
  }

  #notice(object: LeaseObject): void {
    const record = JSON.stringify(object.spec ?? {});
    if (record === this.#seenRecord) return;
    this.#seenRecord = record;
    this.#seenMs = performance.now();
  }

  /** By its own duration, counted on our clock from when we saw its record change. */
  #hasRunOut({ spec }: LeaseObject): boolean {
    const durationMs = (spec?.leaseDurationSeconds ?? 0) * 1000;
    return performance.now() > this.#seenMs + Math.max(durationMs, this.#options.leaseDurationMs);
  }

  async #read(signal: AbortSignal): Promise<LeaseObject | undefined> {
    const { client, namespace, name } = this.#options;
    try {
      return await client.get<LeaseObject>(LEASES, namespace, name, signal);
    } catch (error) {
      if (error instanceof KubeError && error.kind === "not-found") return undefined;
      throw error;
    }
  }

  async #createLease(signal: AbortSignal): Promise<void> {
    const { client, namespace, name } = this.#options;
    const body = { metadata: { name, namespace }, spec: this.#recordAfter(undefined, {}) };
    this.#object = await client.create<LeaseObject>(LEASES, namespace, body, signal);
  }

  /** A PUT with the resourceVersion that was read: of two candidates one gets a conflict. */
  async #write(changes: LeaseSpec, signal: AbortSignal): Promise<void> {
    const { client, namespace, name } = this.#options;
    const object = this.#object;
    if (object === undefined) return;
    const body = { ...object, spec: this.#recordAfter(object.spec, changes) };
    this.#object = await client.update<LeaseObject>(LEASES, namespace, name, body, signal);
  }

  #recordAfter(before: LeaseSpec | undefined, changes: LeaseSpec): LeaseSpec {
    const { identity, leaseDurationMs } = this.#options;
    const isOurs = before?.holderIdentity === identity;
    const time = microTime();
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.max(Math.ceil(leaseDurationMs / 1000), 1),
      acquireTime: isOurs ? (before.acquireTime ?? time) : time,
      renewTime: time,
      leaseTransitions: (before?.leaseTransitions ?? 0) + (before === undefined || isOurs ? 0 : 1),
      ...changes,
    };
  }
}

/** V1MicroTime: RFC 3339 with six digits. */
function microTime(): string {
  return new Date().toISOString().replace("Z", "000Z");
}
