import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { TICKS_UNTIL_UNKNOWN } from "../core/failure.ts";
import { type InTrace, untraced } from "../core/tracing.ts";
import { KubeError } from "../kube/errors.ts";
import type { Dependencies } from "./dependencies.ts";
import type { ManagedObject } from "./managed-object.ts";
import { ResourceMemory } from "./memory.ts";
import { type Outcome, reconcile } from "./reconciler.ts";
import { takeBack } from "./take-back.ts";
import type { Urgency } from "./workqueue.ts";

/** One reconcile, as it is told to logs and metrics. */
export interface Told {
  readonly key: string;
  readonly reconcileID: string;
  readonly durationMs: number;
  readonly outcome?: Outcome;
  /** A failure of the API server, or a fault of ours; the key comes back after a backoff. */
  readonly error?: unknown;
}

/** What may have been left behind by a resource that is gone. */
export interface Orphan {
  readonly key: string;
  /** The remote id, or what is known of the create request. */
  readonly what: string;
}

/** Of a create request: its answer was lost, or what it made was found, or it can no longer take effect. */
export type CreateNews = "unknown" | "found" | "dead";

export interface ControllerOptions {
  /** Workers; each has one key at a time. */
  readonly concurrency: number;
  /** Left out: nothing is traced. */
  readonly inTrace?: InTrace | undefined;
  readonly tell: (told: Told) => void;
  readonly tellUnsettled: (what: CreateNews) => void;
  readonly tellOrphan: (orphan: Orphan) => void;
  /** What would have been left behind was deleted. */
  readonly tellTakenBack: (orphan: Orphan) => void;
}

/** So many looks at a cache that is older than our own write are patience; then the API server is asked itself. */
const TRIES_UNTIL_DOUBT = 8;

/** Keys that need no request are done within one turn of the event loop; after so long others have theirs. */
const TURN_MS = 8;

/**
 * So many of the workers may be at what is only looked at again. Five thousand statuses to be refreshed would otherwise keep the API server so
 * busy that whatever a user waits for waits with them.
 */
const LEISURE_WORKERS = 4;

/** Beside the others, for what saves money: that never waits behind slow creates. */
const SAVING_WORKERS = 4;

/** Takes keys from the workqueue and gives each its reconcile. Knows nothing of what a reconcile does. */
export class Controller {
  readonly #dependencies: Dependencies;
  readonly #options: ControllerOptions;
  readonly #memories = new Map<string, ResourceMemory>();
  /** Keys that wait for a look. */
  readonly #waiting = new Map<Promise<unknown>, Set<string>>();
  #turnEndsMs = -Infinity;
  #nextTurn: Promise<void> | undefined;

  constructor(dependencies: Dependencies, options: ControllerOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
  }

  /** Works until the queue is shut down and what was begun is done. */
  async run(): Promise<void> {
    const workers = (length: number, least: Urgency): Promise<void>[] =>
      Array.from({ length }, () => this.#work(least));
    const { concurrency } = this.#options;
    const atLeisure = Math.min(concurrency, LEISURE_WORKERS);
    await Promise.all([
      ...workers(atLeisure, "at leisure"),
      ...workers(concurrency - atLeisure, "is awaited"),
      ...workers(SAVING_WORKERS, "saves money"),
    ]);
  }

  async #work(least: Urgency): Promise<void> {
    const { queue } = this.#dependencies.runtime;
    for (;;) {
      const key = await queue.take(least);
      if (key === undefined) return;
      await this.#handle(key);
      queue.done(key);
      await this.#giveWay();
    }
  }

  /** Ten thousand keys whose looks are all there already would otherwise keep every timer and socket waiting. */
  async #giveWay(): Promise<void> {
    const { now } = this.#dependencies;
    if (now() < this.#turnEndsMs) return;
    this.#nextTurn ??= nextTurn();
    await this.#nextTurn;
    this.#nextTurn = undefined;
    this.#turnEndsMs = now() + TURN_MS;
  }

  async #handle(key: string): Promise<void> {
    const cached = this.#dependencies.runtime.store.get(key);
    if (cached === undefined) return this.#leave(key);
    return this.#inTrace("reconcile", key, () => this.#reconcile(key, cached));
  }

  #inTrace<Result>(verb: string, key: string, work: () => Promise<Result>): Promise<Result> {
    const { inTrace = untraced } = this.#options;
    return inTrace({ verb, kind: this.#dependencies.runtime.port.kind, key }, work);
  }

  async #reconcile(key: string, cached: ManagedObject): Promise<void> {
    const { runtime, now } = this.#dependencies;
    const { queue } = runtime;
    const startedMs = now();
    const told = { key, reconcileID: randomUUID() };
    const memory = this.#memoryOf(key, cached.metadata.uid);
    const { unsettledAttempt } = memory;
    try {
      const object = memory.version.isInDoubt ? await this.#readAnew(cached, memory) : cached;
      const outcome = await reconcile(object, memory, this.#dependencies);
      if (outcome === undefined) return await this.#waitForCache(key, object);
      if ("awaited" in outcome) {
        memory.awaited = outcome.awaited;
        return this.#wakeAfter(outcome.looked, key);
      }
      queue.forget(key);
      if (outcome.requeueAfterMs !== undefined) queue.addAfter(key, outcome.requeueAfterMs);
      this.#options.tell({ ...told, outcome, durationMs: now() - startedMs });
    } catch (error) {
      queue.addRateLimited(key);
      // A patch that meets no object any more has nothing left to do; the watch will say so.
      if (error instanceof KubeError && error.kind === "not-found") return;
      this.#options.tell({ ...told, error, durationMs: now() - startedMs });
    } finally {
      this.#followCreate(key, memory, unsettledAttempt);
    }
  }

  /** @param before The attempt that was unsettled before this reconcile. */
  #followCreate(key: string, memory: ResourceMemory, before: number | undefined): void {
    const { unsettledAttempt: after, settledAs = "dead" } = memory;
    if (after === before) return;
    const { runtime, now } = this.#dependencies;
    runtime.unsettled.delete(key);
    if (before !== undefined) this.#options.tellUnsettled(settledAs);
    if (after === undefined) return;
    runtime.unsettled.set(key, now());
    this.#options.tellUnsettled("unknown");
  }

  /** Its failure is met by the reconcile that comes after it. */
  #wakeAfter(looked: Promise<unknown>, key: string): void {
    const { queue } = this.#dependencies.runtime;
    const waiting = this.#waiting.get(looked);
    if (waiting !== undefined) return void waiting.add(key);
    const keys = new Set([key]);
    this.#waiting.set(looked, keys);
    const wake = (): void => {
      this.#waiting.delete(looked);
      for (const each of keys) queue.add(each);
    };
    looked.then(wake, wake);
  }

  /**
   * A watch may stay silent for long; asking the cache again and again would not wake it. Where the API server itself knows nothing of
   * our last write, its store was put back to an earlier state, and that is the truth now.
   */
  async #waitForCache(key: string, { metadata }: ManagedObject): Promise<void> {
    const { runtime, client, signal } = this.#dependencies;
    const { queue, port } = runtime;
    queue.addRateLimited(key);
    if (queue.failuresOf(key) % TRIES_UNTIL_DOUBT !== 0) return;
    const { namespace = "", name, resourceVersion } = metadata;
    const current = await client.get(port, namespace, name, signal);
    if (current.metadata.resourceVersion === resourceVersion)
      this.#memories.get(key)?.version.forgetWrites();
  }

  async #readAnew({ metadata }: ManagedObject, memory: ResourceMemory): Promise<ManagedObject> {
    const { runtime, client, signal } = this.#dependencies;
    const { namespace = "", name } = metadata;
    const object = await client.get<ManagedObject>(runtime.port, namespace, name, signal);
    memory.version.readAnew(object);
    return object;
  }

  #memoryOf(key: string, uid: string): ResourceMemory {
    const memory = this.#memories.get(key) ?? new ResourceMemory(uid);
    this.#memories.set(key, memory);
    return memory;
  }

  /** The object is gone. What was made for it too late is taken back; the rest is forgotten in its time. */
  async #leave(key: string): Promise<void> {
    const { runtime, now, timing } = this.#dependencies;
    const { queue, departed } = runtime;
    const memory = this.#memories.get(key);
    if (memory?.made === undefined || memory.isReleased) return this.#forget(key);
    try {
      const { made } = memory;
      const object = departed.get(key) ?? made.object;
      const quietAtMs = (memory.intentSeenAtMs ?? now()) + timing.quietMs;
      const outcome = await this.#inTrace("take back", key, () =>
        takeBack({ ...made, object, quietAtMs }, this.#dependencies),
      );
      if (outcome === "deleted") this.#options.tellTakenBack({ key, what: made.id });
      memory.orphan = outcome === "protected" ? made.id : undefined;
    } catch (error) {
      // A namesake has come, which finds the thing by its marker.
      if (!(error instanceof KubeError && error.kind === "conflict"))
        return queue.addRateLimited(key);
    }
    memory.made = undefined;
    this.#forget(key);
  }

  /**
   * An object that went without our release (its finalizer was taken off by force) may leave a create request behind that
   * still takes effect; that is remembered until it no longer can, in case the name comes back.
   */
  #forget(key: string): void {
    const { runtime, now, timing } = this.#dependencies;
    runtime.queue.forget(key);
    runtime.departed.delete(key);
    runtime.unsettled.delete(key);
    const memory = this.#memories.get(key);
    if (memory === undefined) return;
    this.#tellOrphan(key, memory);
    // Two ticks more: so old may the look be that a namesake goes by.
    const forMs = timing.quietMs + TICKS_UNTIL_UNKNOWN * timing.restMs;
    const waitMs = (memory.intentSeenAtMs ?? -Infinity) + forMs - now();
    if (memory.isReleased || waitMs <= 0) this.#memories.delete(key);
    else runtime.queue.addAfter(key, waitMs);
  }

  #tellOrphan(key: string, memory: ResourceMemory): void {
    if (memory.isReleased || memory.orphan === undefined) return;
    this.#options.tellOrphan({ key, what: memory.orphan });
    memory.orphan = undefined;
  }
}
