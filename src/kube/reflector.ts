import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeClient } from "./client.ts";
import { errorOfStatus, KubeError } from "./errors.ts";
import { type KubeObject, pathOf, type ResourceType } from "./kube-object.ts";
import { type Store, withoutManagedFields } from "./store.ts";
import type { KubeTransport } from "./transport.ts";
import { parseWatchEvent, type WatchEvent } from "./watch-event.ts";

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
  /** Objects a page. */
  readonly pageSize?: number;
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
  /** A watch that has lived so long works: only then are the failures before it forgotten. */
  readonly stableMs: number;
}

const TIMINGS: ReflectorTimings = {
  minCycleMs: 1_000,
  maxBackoffMs: 30_000,
  idleMs: 120_000,
  watchMs: 300_000,
  stableMs: 30_000,
};

/** Half of client-go's number: a page is parsed in one go, in some 5 ms. */
const PAGE_SIZE = 250;
/** How often a list is begun anew because its page token expired, before it counts as failed. */
const MAX_LIST_RESTARTS = 3;
/** Answers to a watch that the same version will get again: it is malformed, its kind was unknown, or it is too old. */
const VERSION_IS_USELESS: ReadonlySet<number> = new Set([400, 404, 410]);

/**
 * Keeps a store equal to what the API server holds of one kind: a paged list, then a watch from its resourceVersion, for ever.
 *
 * It never ends by itself: every failure is waited out and told once, and leads to a new list: behind it the server's store may have been
 * put back, and then a watch from the last version seen would stay silent. A watch that ends in order goes on from that version.
 */
export class Reflector<T extends KubeObject> {
  readonly kind: string;
  readonly synced: Promise<void>;
  readonly #options: ReflectorOptions<T>;
  readonly #timings: ReflectorTimings;
  readonly #markSynced: () => void;
  readonly #bornMs = performance.now();
  #version: string | undefined;
  #failures = 0;
  #failure: KubeError | undefined;
  #toldFault: string | undefined;
  #contactMs: number | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#timings = { ...TIMINGS, ...options.timings };
    this.kind = options.type.kind;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.synced = promise;
    this.#markSynced = resolve;
  }

  /** When the API server last answered, in monotonic milliseconds. */
  get lastContactAt(): number | undefined {
    return this.#contactMs;
  }

  /** The API server has been heard of lately, or a watch is open within its idle time. */
  get isHealthy(): boolean {
    const { idleMs, maxBackoffMs } = this.#timings;
    return performance.now() - (this.#contactMs ?? this.#bornMs) < idleMs + maxBackoffMs;
  }

  /** Works until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedMs = performance.now();
      this.#failure = undefined;
      try {
        if (this.#version === undefined) await this.#list(signal);
        await this.#watch(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#fail(error);
      }
      const waitMs = this.#waitMs(performance.now() - startedMs);
      if (waitMs > 0) await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    for (let restarts = 0; ; restarts += 1) {
      try {
        const { items, resourceVersion } = await this.#pages(signal);
        await this.#options.store.replace(this.#options.namespace, items);
        this.#version = resourceVersion;
        return this.#markSynced();
      } catch (error) {
        const isExpired = error instanceof KubeError && error.kind === "gone";
        if (!isExpired || restarts >= MAX_LIST_RESTARTS) throw error;
      }
    }
  }

  async #pages(signal: AbortSignal): Promise<{ items: T[]; resourceVersion: string }> {
    const { client, type, namespace, pageSize = PAGE_SIZE } = this.#options;
    const scope = namespace === undefined ? {} : { namespace };
    const items: T[] = [];
    let token: string | undefined;
    for (;;) {
      const position = token === undefined ? {} : { continue: token };
      const page = await client.list<T>(type, { ...scope, limit: pageSize, ...position }, signal);
      this.#touch();
      // Slim at once: who wrote which field would double what a long list holds until it is whole.
      items.push(...page.items.map(withoutManagedFields));
      if (token !== undefined && page.continue === token)
        throw new KubeError("unavailable", `list ${type.plural}: a page leads to itself`);
      token = page.continue;
      if (token === undefined) return { items, resourceVersion: page.resourceVersion };
    }
  }

  /** Resolves when the server ends the watch in order, or when it was silent for too long: both go on from the last version. */
  async #watch(signal: AbortSignal): Promise<void> {
    const idle = new AbortController();
    const lines = await this.#open(AbortSignal.any([signal, idle.signal]));
    this.#touch();
    // From here: until the server answers, the request's own timeout counts, and nothing works again.
    const openedMs = performance.now();
    const watchdog = setInterval(() => {
      this.#settle(openedMs);
      if (performance.now() - (this.#contactMs ?? openedMs) > this.#timings.idleMs) idle.abort();
    }, this.#timings.idleMs / 4);
    try {
      for await (const line of lines) {
        this.#touch();
        this.#take(this.#parse(line));
        this.#settle(openedMs);
      }
      this.#settle(openedMs);
    } catch (error) {
      if (!idle.signal.aborted || signal.aborted) throw error;
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
    if (VERSION_IS_USELESS.has(opened.status)) this.#version = undefined;
    throw errorOfStatus(`watch ${this.kind}`, opened.status, opened.body, opened.retryAfter);
  }

  /** An ERROR event, or a line that is no event, makes the version doubtful, whatever it says: the list begins anew. */
  #parse(line: string): WatchEvent<T> {
    try {
      return parseWatchEvent<T>(this.kind, line);
    } catch (error) {
      this.#version = undefined;
      throw error;
    }
  }

  #take({ type, object }: WatchEvent<T>): void {
    const { store } = this.#options;
    if (type === "DELETED") store.remove(object);
    else if (type !== "BOOKMARK") store.put(object);
    this.#version = object.metadata.resourceVersion;
  }

  #touch(): void {
    this.#contactMs = performance.now();
  }

  /** A server that answers and breaks off again and again would otherwise be told of, and asked, once a second for ever. */
  #settle(openedMs: number): void {
    if (performance.now() - openedMs < this.#timings.stableMs) return;
    this.#failures = 0;
    if (this.#toldFault === undefined) return;
    this.#toldFault = undefined;
    this.#options.log("info", "informer works again", { kind: this.kind });
  }

  #fail(error: unknown): void {
    this.#failures += 1;
    this.#version = undefined;
    const fault = error instanceof KubeError ? error.kind : "broken stream";
    if (error instanceof KubeError) this.#failure = error;
    // An expired version is part of an informer's life. Only where it repeats is it worth a word.
    if (fault === this.#toldFault || this.#isFirstExpiry) return;
    this.#toldFault = fault;
    const fields = { kind: this.kind, err: error };
    this.#options.log("warn", "informer failed; it goes on trying", fields);
  }

  get #isFirstExpiry(): boolean {
    return this.#failure?.kind === "gone" && this.#failures === 1;
  }

  #waitMs(spentMs: number): number {
    const { minCycleMs, maxBackoffMs } = this.#timings;
    if (this.#isFirstExpiry) return 0;
    if (this.#failures === 0) return minCycleMs - spentMs;
    const backoffMs = Math.min(minCycleMs * 2 ** Math.min(this.#failures, 20), maxBackoffMs);
    const askedMs = Math.min(this.#failure?.retryAfterMs ?? 0, maxBackoffMs);
    return Math.max(backoffMs * (0.5 + Math.random() / 2), askedMs);
  }
}
