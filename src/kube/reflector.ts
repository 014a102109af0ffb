import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeClient } from "./client.ts";
import { errorOfStatus, KubeError } from "./errors.ts";
import { type KubeObject, pathOf, type ResourceType } from "./kube-object.ts";
import type { Store } from "./store.ts";
import type { KubeTransport } from "./transport.ts";

export type ReflectorLog = (
  level: "info" | "warn" | "error",
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: KubeClient;
  readonly transport: KubeTransport;
  readonly type: ResourceType;
  /** Left out: all namespaces. */
  readonly namespace?: string;
  readonly store: Store<T>;
  readonly log: ReflectorLog;
  readonly timings?: Partial<ReflectorTimings>;
}

/** All in milliseconds. */
export interface ReflectorTimings {
  /** The least time from one connection to the next: a server that ends each watch at once is not asked in a hot loop. */
  readonly minCycleMs: number;
  readonly maxBackoffMs: number;
  /** A watch that brings nothing for so long, not even a bookmark, is taken for half open and opened anew. */
  readonly idleMs: number;
  /** The server ends a watch after this, or up to twice this, so that watches spread over servers. */
  readonly watchMs: number;
}

const TIMINGS: ReflectorTimings = {
  minCycleMs: 1_000,
  maxBackoffMs: 30_000,
  idleMs: 120_000,
  watchMs: 300_000,
};

/** Objects a page; client-go's own number. */
const PAGE_SIZE = 500;
/** How often a list is begun anew because its page token expired, before it counts as failed. */
const MAX_LIST_RESTARTS = 3;

interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: T;
}

/**
 * Keeps a store equal to what the API server holds of one kind: a paged list, then a watch from its resourceVersion, for ever.
 *
 * It never ends by itself: every failure is waited out and told once. A version that the server no longer has (410) leads to
 * a new list; any other break goes on from the last version seen.
 */
export class Reflector<T extends KubeObject> {
  readonly kind: string;
  readonly synced: Promise<void>;
  readonly #options: ReflectorOptions<T>;
  readonly #timings: ReflectorTimings;
  readonly #markSynced: () => void;
  #version: string | undefined;
  #failures = 0;
  #lastFault: string | undefined;
  #lastContactMs = performance.now();

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#timings = { ...TIMINGS, ...options.timings };
    this.kind = options.type.kind;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.synced = promise;
    this.#markSynced = resolve;
  }

  /** The API server has been heard of lately, or a watch is open within its idle time. */
  get isHealthy(): boolean {
    return (
      performance.now() - this.#lastContactMs < this.#timings.idleMs + this.#timings.maxBackoffMs
    );
  }

  /** Works until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedMs = performance.now();
      try {
        if (this.#version === undefined) await this.#list(signal);
        await this.#watch(signal);
        this.#failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#fail(error);
      }
      await this.#pause(startedMs, signal);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { store, namespace, type, log } = this.#options;
    for (let restarts = 0; ; restarts += 1) {
      try {
        const { items, resourceVersion } = await this.#pages(signal);
        store.replace(namespace, items);
        this.#version = resourceVersion;
        break;
      } catch (error) {
        const isExpired = error instanceof KubeError && error.kind === "gone";
        if (!isExpired || restarts >= MAX_LIST_RESTARTS) throw error;
      }
    }
    this.#touch();
    if (this.#lastFault !== undefined) log("info", "informer works again", { kind: type.kind });
    this.#lastFault = undefined;
    this.#markSynced();
  }

  async #pages(signal: AbortSignal): Promise<{ items: T[]; resourceVersion: string }> {
    const { client, type, namespace } = this.#options;
    const scope = namespace === undefined ? {} : { namespace };
    const items: T[] = [];
    let token: string | undefined;
    for (;;) {
      const position = token === undefined ? {} : { continue: token };
      const page = await client.list<T>(type, { ...scope, limit: PAGE_SIZE, ...position }, signal);
      items.push(...page.items);
      token = page.continue;
      if (token === undefined) return { items, resourceVersion: page.resourceVersion };
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const idle = new AbortController();
    const both = AbortSignal.any([signal, idle.signal]);
    const watchdog = setInterval(() => {
      if (performance.now() - this.#lastContactMs > this.#timings.idleMs) idle.abort();
    }, this.#timings.idleMs / 4);
    try {
      const lines = await this.#open(both);
      this.#touch();
      for await (const line of lines) {
        this.#touch();
        this.#apply(JSON.parse(line));
      }
    } catch (error) {
      if (!idle.signal.aborted || signal.aborted) throw error;
      throw new KubeError("unavailable", `the watch of ${this.kind} brought nothing for too long`);
    } finally {
      clearInterval(watchdog);
    }
  }

  async #open(signal: AbortSignal): Promise<AsyncIterable<string>> {
    const { transport, type, namespace } = this.#options;
    const seconds = Math.ceil((this.#timings.watchMs * (1 + Math.random())) / 1000);
    const opened = await transport.stream({
      method: "GET",
      path: pathOf(type, namespace),
      query: {
        watch: "true",
        allowWatchBookmarks: "true",
        resourceVersion: this.#version ?? "",
        timeoutSeconds: String(seconds),
      },
      signal,
    });
    if (!("status" in opened)) return opened;
    if (opened.status === 410) this.#version = undefined;
    throw errorOfStatus(`watch ${this.kind}`, opened.status, opened.body, opened.retryAfter);
  }

  #apply({ type, object }: WatchEvent<T>): void {
    switch (type) {
      case "ADDED":
      case "MODIFIED":
        this.#options.store.put(object);
        break;
      case "DELETED":
        this.#options.store.remove(object);
        break;
      case "BOOKMARK":
        break;
      case "ERROR":
        return this.#refuse(object);
    }
    this.#version = object.metadata.resourceVersion;
    this.#failures = 0;
  }

  /** An error inside the stream carries a Status; any of them makes the version doubtful, so the list begins anew. */
  #refuse(status: unknown): never {
    this.#version = undefined;
    const code =
      typeof status === "object" && status !== null && "code" in status ? Number(status.code) : 500;
    throw errorOfStatus(`watch ${this.kind}`, code, status, undefined);
  }

  #touch(): void {
    this.#lastContactMs = performance.now();
  }

  #fail(error: unknown): void {
    const isExpiry = error instanceof KubeError && error.kind === "gone";
    // An expired version is part of an informer's life; the first wait after it is the shortest.
    this.#failures = isExpiry ? 1 : this.#failures + 1;
    const fault = error instanceof KubeError ? error.kind : "broken stream";
    if (isExpiry || fault === this.#lastFault) return;
    this.#lastFault = fault;
    this.#options.log("warn", "informer failed; it goes on trying", {
      kind: this.kind,
      err: error,
    });
  }

  async #pause(startedMs: number, signal: AbortSignal): Promise<void> {
    const { minCycleMs, maxBackoffMs } = this.#timings;
    const spentMs = performance.now() - startedMs;
    const backoffMs = Math.min(minCycleMs * 2 ** Math.min(this.#failures, 20), maxBackoffMs);
    const waitMs =
      this.#failures === 0 ? minCycleMs - spentMs : backoffMs * (0.5 + Math.random() / 2);
    if (waitMs > 0) await delay(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
