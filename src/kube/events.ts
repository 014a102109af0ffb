import { AsyncLocalStorage } from "node:async_hooks";
import { hash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeClient } from "./client.ts";
import { KubeError } from "./errors.ts";
import type { KubeObject, ResourceType } from "./kube-object.ts";
import type { ReflectorLog } from "./reflector.ts";

const EVENTS: ResourceType = { group: "", version: "v1", plural: "events", kind: "Event" };
/** The API's own limit on a message. */
const MAX_MESSAGE_LENGTH = 1024;
/** The API's own limit on the name of the reporting instance. */
const MAX_INSTANCE_LENGTH = 128;
/** An event that says the same within this time is counted on the first one; client-go's interval. */
const SAME_WITHIN_MS = 600_000;
/** client-go's spam filter: this many at once for one object, then one in five minutes. */
const BURST = 25;
const REFILL_MS = 300_000;
/** Events that wait to be written; beyond, the oldest is dropped: events tell, they do not steer. */
const MAX_WAITING = 1_000;

/** Between events while there is other work: ten a second. */
const BUSY_STEP_MS = 100;

/** What becomes of an event: `repeated` is counted on an earlier one, `spared` one too many of its object, `dropped` one too many of all. */
export type EventOutcome = "written" | "repeated" | "spared" | "dropped" | "failed";

export interface EventWords {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

export interface EventRecorderOptions {
  readonly client: KubeClient;
  /** Name of the reporting component. */
  readonly component: string;
  readonly instance: string;
  readonly log: ReflectorLog;
  /** While it is so, events are written at a walking pace: they tell of work, and must not slow it down. */
  readonly isBusy?: () => boolean;
  readonly onOutcome?: (outcome: EventOutcome) => void;
  readonly signal: AbortSignal;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

interface Written {
  readonly name: string;
  readonly atMs: number;
  count: number;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** Writes events beside the work, one after the other: `record` never waits and never throws. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #written = new Map<string, Written>();
  /** By uid; the one that was filled last comes last. */
  readonly #buckets = new Map<string, Bucket>();
  readonly #waiting: (() => Promise<void>)[] = [];
  /** Writing is nobody's work in particular, whoever records the event that begins it. */
  readonly #apart = AsyncLocalStorage.snapshot();
  #writing: Promise<void> | undefined;
  #sequence = 0;
  #dropped = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  record(object: KubeObject, words: EventWords): void {
    if (!this.#takeToken(object.metadata.uid)) return this.#options.onOutcome?.("spared");
    const message = words.message.slice(0, MAX_MESSAGE_LENGTH);
    this.#waiting.push(() => this.#write(object, { ...words, message }));
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      this.#dropped += 1;
      this.#options.onOutcome?.("dropped");
    }
    this.#writing ??= this.#apart(() => this.#drain());
  }

  /** Resolves when what was recorded so far is written or given up. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    for (let write = this.#waiting.shift(); write !== undefined; write = this.#waiting.shift()) {
      try {
        await this.#giveWay();
        await write();
      } catch (error) {
        if (this.#options.signal.aborted) break;
        this.#options.onOutcome?.("failed");
        this.#options.log("warn", "an event could not be written", { err: error });
      }
    }
    this.#writing = undefined;
    if (this.#dropped > 0) {
      this.#options.log("warn", "events were dropped: too many waited", { count: this.#dropped });
    }
    this.#dropped = 0;
  }

  async #giveWay(): Promise<void> {
    const { isBusy, signal } = this.#options;
    if (isBusy?.() === true) await delay(BUSY_STEP_MS, undefined, { signal });
  }

  async #write(object: KubeObject, words: EventWords): Promise<void> {
    const { client, signal, now } = this.#options;
    const namespace = object.metadata.namespace ?? "default";
    const sameness = [object.metadata.uid, words.type, words.reason, words.message].join("\n");
    const before = this.#written.get(sameness);
    const lastTimestamp = new Date().toISOString();
    if (before !== undefined && now() - before.atMs < SAME_WITHIN_MS) {
      const patch = { count: before.count + 1, lastTimestamp };
      const written = client.mergePatch(EVENTS, namespace, before.name, patch, {}, signal);
      if (await isFound(written)) {
        before.count += 1;
        this.#options.onOutcome?.("repeated");
        return;
      }
    }
    const name = this.#nameFor(object, sameness);
    await client.create(
      EVENTS,
      namespace,
      this.#bodyOf(name, object, words, lastTimestamp),
      signal,
    );
    this.#options.onOutcome?.("written");
    // Behind all others: the oldest are forgotten from the front.
    this.#written.delete(sameness);
    this.#written.set(sameness, { name, atMs: now(), count: 1 });
    this.#forgetOld();
  }

  #bodyOf(name: string, object: KubeObject, words: EventWords, time: string): object {
    const { component, instance } = this.#options;
    const { namespace, uid, resourceVersion } = object.metadata;
    return {
      metadata: { name, namespace },
      involvedObject: {
        apiVersion: object.apiVersion,
        kind: object.kind,
        namespace,
        name: object.metadata.name,
        uid,
        resourceVersion,
      },
      ...words,
      source: { component, host: instance },
      reportingComponent: component,
      reportingInstance: instance.slice(0, MAX_INSTANCE_LENGTH),
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    };
  }

  /** Unique in its namespace across processes and restarts. */
  #nameFor({ metadata }: KubeObject, sameness: string): string {
    this.#sequence += 1;
    const seed = `${this.#options.instance}\n${this.#sequence}\n${sameness}`;
    const suffix = hash("sha256", seed, "hex").slice(0, 16);
    return `${metadata.name.slice(0, 200)}.${suffix}`;
  }

  #takeToken(uid: string): boolean {
    const nowMs = this.#options.now();
    const bucket = this.#buckets.get(uid) ?? { tokens: BURST, filledAtMs: nowMs };
    const refilled = Math.floor((nowMs - bucket.filledAtMs) / REFILL_MS);
    if (refilled > 0) {
      bucket.tokens = Math.min(bucket.tokens + refilled, BURST);
      bucket.filledAtMs = nowMs;
      this.#buckets.delete(uid);
    }
    this.#buckets.set(uid, bucket);
    if (bucket.tokens === 0) return false;
    bucket.tokens -= 1;
    return true;
  }

  #forgetOld(): void {
    const oldestMs = this.#options.now() - SAME_WITHIN_MS;
    for (const [sameness, { atMs }] of this.#written) {
      if (atMs >= oldestMs) break;
      this.#written.delete(sameness);
    }
    const untouchedMs = this.#options.now() - BURST * REFILL_MS;
    for (const [uid, { filledAtMs }] of this.#buckets) {
      if (filledAtMs >= untouchedMs) break;
      this.#buckets.delete(uid);
    }
  }
}

/** Events are deleted by anyone who likes, and by the API server after an hour. */
async function isFound(written: Promise<unknown>): Promise<boolean> {
  try {
    await written;
    return true;
  } catch (error) {
    if (error instanceof KubeError && error.kind === "not-found") return false;
    throw error;
  }
}
