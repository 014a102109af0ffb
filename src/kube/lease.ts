import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeClient } from "./client.ts";
import { KubeError } from "./errors.ts";
import { LEASES, type LeaseObject, type LeaseSpec, recordAfter } from "./lease-record.ts";
import { watchLease } from "./lease-watch.ts";
import type { ReflectorLog } from "./reflector.ts";
import { RivalLease } from "./rival-lease.ts";
import type { KubeTransport } from "./transport.ts";

export interface LeaseOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly log: ReflectorLog;
  /** Over it a candidate watches the lease, and so need not wait for its next try; left out: it tries from time to time. */
  readonly transport?: KubeTransport;
  /** client-go's defaults: 15, 10 and 2 seconds. */
  readonly leaseDurationMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryPeriodMs?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** Another holds the lease that we led by: what it did meanwhile is unknown here, so there is no way back. */
class TakenError extends Error {
  override readonly name = "TakenError";
}

/** client-go's factor: retries of several candidates drift apart. */
const JITTER = 1.2;

/**
 * Leader election on a Lease with client-go's semantics.
 *
 * Our own lease is counted from when the request that renewed it began; another's as `RivalLease` says.
 */
export class Lease {
  /** Resolves when this process leads for the first time. */
  readonly acquired: Promise<void>;
  /** Resolves when it led and does no longer. */
  readonly lost: Promise<void>;
  readonly #options: Required<Omit<LeaseOptions, "transport">> & Pick<LeaseOptions, "transport">;
  readonly #rival: RivalLease;
  readonly #markAcquired: () => void;
  readonly #markLost: () => void;
  #renewedMs = -Infinity;
  #isLeading = false;
  #isLost = false;
  #object: LeaseObject | undefined;
  #failure: string | undefined;
  #wake: () => void = () => undefined;

  constructor(options: LeaseOptions) {
    this.#options = {
      leaseDurationMs: 15_000,
      renewDeadlineMs: 10_000,
      retryPeriodMs: 2_000,
      now: () => performance.now(),
      ...options,
    };
    this.#rival = new RivalLease(this.#options.leaseDurationMs, this.#options.now);
    const acquired = Promise.withResolvers<void>();
    const lost = Promise.withResolvers<void>();
    this.acquired = acquired.promise;
    this.lost = lost.promise;
    this.#markAcquired = acquired.resolve;
    this.#markLost = lost.resolve;
  }

  /**
   * Whether a write that begins now is still the leader's. Asked last thing before every remote write.
   *
   * @param marginMs How long before the lease runs out it is no longer held, for work that takes some time.
   */
  isHeld(marginMs = 0): boolean {
    const { leaseDurationMs, now } = this.#options;
    return (
      this.#isLeading &&
      this.#timeLeftMs() > 0 &&
      now() < this.#renewedMs + leaseDurationMs - marginMs
    );
  }

  /** Why the Lease can be neither read nor written; undefined where it can. A standby with one could not take over. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** How long ago the renewal began that we lead by; undefined while we do not. */
  get renewalAgeMs(): number | undefined {
    return this.#isLeading ? this.#options.now() - this.#renewedMs : undefined;
  }

  /** How often it went from one to another, as the Lease says that was written or seen last. */
  get transitions(): number | undefined {
    return this.#object?.spec?.leaseTransitions ?? this.#rival.transitions;
  }

  /** Acquires, then renews until the signal aborts or the lease is lost. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    void this.#followOthers(signal);
    while (!signal.aborted) {
      // Before the attempt too: a process that slept through the deadline must not renew as if nothing had happened.
      if (!this.#isOverdue()) await this.#attempt(signal);
      if (signal.aborted) return;
      if (this.#isOverdue()) this.#lose("it could not be renewed in time");
      if (this.#isLost) return;
      const waitMs = this.#options.retryPeriodMs * (1 + Math.random() * (JITTER - 1));
      const limitMs = this.#isLeading ? this.#timeLeftMs() : this.#rival.runsOutInMs;
      await this.#pause(Math.min(waitMs, limitMs), signal);
    }
  }

  /** Sleeps; a candidate wakes when the lease is given up. */
  async #pause(forMs: number, signal: AbortSignal): Promise<void> {
    const awake = new AbortController();
    this.#wake = () => awake.abort();
    const either = AbortSignal.any([signal, awake.signal]);
    await delay(forMs, undefined, { signal: either }).catch(() => undefined);
  }

  /** While it does not lead. */
  async #followOthers(signal: AbortSignal): Promise<void> {
    const { transport } = this.#options;
    if (transport === undefined) return;
    const candidacy = new AbortController();
    void this.acquired.then(() => candidacy.abort());
    const onChange = (object: LeaseObject): void => {
      this.#rival.notice(object);
      if ((object.spec?.holderIdentity ?? "") === "") this.#wake();
    };
    await watchLease(
      { ...this.#options, transport, onChange },
      AbortSignal.any([signal, candidacy.signal]),
    );
  }

  /** Gives the lease up, so that another need not wait for it to run out. To be called when nothing is under way any more. */
  async release(signal: AbortSignal): Promise<void> {
    if (!this.isHeld()) return;
    this.#isLeading = false;
    // A renewal that was cut short may have been done or not.
    this.#object ??= await this.#read(signal);
    if (this.#object?.spec?.holderIdentity !== this.#options.identity) return;
    // One second, as client-go: the next holder sets its own.
    await this.#write({ holderIdentity: "", leaseDurationSeconds: 1 }, signal);
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    const { log, name, identity, now } = this.#options;
    const beganMs = now();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#attemptLimitMs())]);
    try {
      const isOurs = await this.#acquireOrRenew(limit);
      this.#failure = undefined;
      if (!isOurs) return;
      this.#renewedMs = beganMs;
      if (this.#isLeading) return;
      this.#isLeading = true;
      log("info", "leading", { lease: name, identity });
      this.#markAcquired();
    } catch (error) {
      this.#object = undefined;
      if (!signal.aborted) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (error instanceof TakenError) return this.#lose(error.message);
    const isRace =
      error instanceof KubeError && (error.kind === "conflict" || error.kind === "already-exists");
    if (isRace) return;
    const { log, name } = this.#options;
    const isKnown = this.#failure !== undefined;
    this.#failure = `the Lease ${name} cannot be renewed or tried for: ${messageOf(error)}`;
    if (!isKnown)
      log("warn", "the lease could not be renewed; trying again", { lease: name, err: error });
  }

  #lose(why: string): void {
    this.#isLeading = false;
    this.#isLost = true;
    this.#options.log("error", "the lease is lost", { lease: this.#options.name, why });
    this.#markLost();
  }

  /** A request that hangs leaves time for another on a new connection. */
  #attemptLimitMs(): number {
    const { renewDeadlineMs, retryPeriodMs } = this.#options;
    const limitMs = Math.max(renewDeadlineMs / 2, retryPeriodMs);
    const leftMs = this.#isLeading ? this.#timeLeftMs() : limitMs;
    // The deadline may pass at any moment, and a negative timeout throws.
    return Math.max(Math.ceil(Math.min(limitMs, leftMs)), 1);
  }

  /** Until the lease counts as lost; negative after that. */
  #timeLeftMs(): number {
    return this.#renewedMs + this.#options.renewDeadlineMs - this.#options.now();
  }

  #isOverdue(): boolean {
    return this.#isLeading && this.#timeLeftMs() <= 0;
  }

  /** Returns whether we hold it now. */
  async #acquireOrRenew(signal: AbortSignal): Promise<boolean> {
    const { identity } = this.#options;
    const known = this.#isLeading ? this.#object : undefined;
    const object = known ?? (await this.#read(signal));
    if (object === undefined) {
      await this.#createLease(signal);
      return true;
    }
    this.#rival.notice(object);
    const holder = object.spec?.holderIdentity ?? "";
    if (this.#isLeading && holder !== identity) throw new TakenError("another has taken it");
    if (holder !== identity && holder !== "" && !this.#rival.hasRunOut) return false;
    this.#object = object;
    await this.#write({ holderIdentity: identity }, signal);
    return true;
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
    const body = { metadata: { name, namespace }, spec: recordAfter(undefined, {}, this.#options) };
    this.#object = await client.create<LeaseObject>(LEASES, namespace, body, signal);
  }

  /** A PUT with the resourceVersion that was read: of two candidates one gets a conflict. */
  async #write(changes: LeaseSpec, signal: AbortSignal): Promise<void> {
    const { client, namespace, name } = this.#options;
    const object = this.#object;
    if (object === undefined) return;
    const body = { ...object, spec: recordAfter(object.spec, changes, this.#options) };
    this.#object = await client.update<LeaseObject>(LEASES, namespace, name, body, signal);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
