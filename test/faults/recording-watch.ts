import { setTimeout as delay } from "node:timers/promises";
import { type KubeObject, pathOf, type ResourceType } from "../../src/kube/kube-object.ts";
import type { KubeTransport } from "../../src/kube/transport.ts";
import type { Revision } from "./cluster-history.ts";

export interface RecordingOptions {
  readonly transport: KubeTransport;
  readonly type: ResourceType;
  readonly namespace: string;
  readonly tell: (revision: Revision) => void;
  readonly retryMs: number;
  /** So often in a row a watch is opened that brings nothing. */
  readonly mostTries: number;
}

interface WatchLine {
  readonly type: Revision["type"] | "BOOKMARK" | "ERROR";
  readonly object: Revision["object"] & { readonly code?: number };
}

/** The API server no longer knows what followed the version. */
const GONE = 410;

/**
 * Follows one kind in one namespace without a gap: a list, then watches, each from where the one before ended. What it cannot follow is a
 * hole, and it stops there: what comes behind a hole would look like the whole history.
 */
export class RecordingWatch {
  readonly #options: RecordingOptions;
  readonly #ending = new AbortController();
  #version: string | undefined;
  #isOpen = false;
  #tries = 0;
  #failure = "";
  #hole: string | undefined;

  constructor(options: RecordingOptions) {
    this.#options = options;
  }

  /** Tells what is there, and returns when nothing that follows can be missed. Rejects where that cannot be had. */
  async begin(): Promise<void> {
    const lines = await this.#open();
    if (lines === undefined) throw new Error(this.hole);
    void this.#follow(lines);
  }

  stop(): void {
    this.#ending.abort();
  }

  /** What may be missing from the history by now, in a sentence. */
  get hole(): string | undefined {
    if (this.#hole !== undefined) return this.#hole;
    return this.#isOpen ? undefined : this.#holeBecause(`is not open${this.#failure}`);
  }

  async #follow(first: AsyncIterable<string>): Promise<void> {
    let lines: AsyncIterable<string> | undefined = first;
    while (lines !== undefined) {
      await this.#read(lines);
      this.#isOpen = false;
      lines = await this.#open();
    }
  }

  /** Undefined where the recorder was stopped, or where there is a hole. */
  async #open(): Promise<AsyncIterable<string> | undefined> {
    const { retryMs, mostTries } = this.#options;
    while (this.#hole === undefined && !this.#ending.signal.aborted) {
      if (this.#tries === mostTries) {
        this.#hole = this.#holeBecause(`brought nothing ${mostTries} times${this.#failure}`);
        break;
      }
      if (this.#tries > 0) await delay(retryMs);
      this.#tries += 1;
      const lines = await this.#connect();
      this.#isOpen = lines !== undefined;
      if (lines !== undefined) return lines;
    }
    return undefined;
  }

  async #connect(): Promise<AsyncIterable<string> | undefined> {
    const { transport, type, namespace } = this.#options;
    const { signal } = this.#ending;
    try {
      const resourceVersion = (this.#version ??= await this.#list());
      const answer = await transport.stream({
        method: "GET",
        path: pathOf(type, namespace),
        query: { watch: "true", allowWatchBookmarks: "true", resourceVersion },
        signal,
      });
      if (!("status" in answer)) return answer;
      this.#refused(answer.status);
    } catch (error) {
      this.#failure = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    return undefined;
  }

  /** @returns the version from which a watch goes on. */
  async #list(): Promise<string> {
    const { transport, type, namespace } = this.#options;
    const { signal } = this.#ending;
    const path = pathOf(type, namespace);
    const { status, body } = await transport.send({ method: "GET", path, signal });
    if (status !== 200) throw new Error(`the list was answered with ${status}`);
    // The API server's own words.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { items, metadata } = body as {
      readonly items: readonly KubeObject[];
      readonly metadata: { readonly resourceVersion: string };
    };
    for (const object of items) this.#tell("ADDED", object);
    return metadata.resourceVersion;
  }

  /** Returns when the watch has ended, in whatever way. A line that was cut off is sent again, whole, by the next one. */
  async #read(lines: AsyncIterable<string>): Promise<void> {
    try {
      for await (const line of lines) {
        if (this.#ending.signal.aborted) return;
        const { type, object }: WatchLine = JSON.parse(line);
        if (type === "ERROR") return this.#refused(object.code ?? 0);
        if (type !== "BOOKMARK") this.#tell(type, object);
        this.#version = object.metadata.resourceVersion;
        this.#tries = 0;
      }
      this.#failure = ": it ended";
    } catch (error) {
      this.#failure = `: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  #tell(type: Revision["type"], object: Revision["object"]): void {
    const { kind } = this.#options.type;
    this.#options.tell({ type, kind, object, seenMs: performance.now() });
  }

  #refused(status: number): void {
    this.#failure = `: it was answered with ${status}`;
    if (status === GONE)
      this.#hole = this.#holeBecause(`cannot go on from version ${this.#version}: ${status}`);
  }

  #holeBecause(words: string): string {
    return `the recorder's watch of ${this.#options.type.kind} ${words}; the history has a hole, so this proves little`;
  }
}
