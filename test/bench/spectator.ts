import { pathOf, type ResourceType } from "../../src/kube/kube-object.ts";
import type { KubeTransport } from "../../src/kube/transport.ts";
import { machineMs } from "./clock.ts";

interface SeenObject {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly spec?: { readonly holderIdentity?: string };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

export interface Seen {
  readonly type: string;
  readonly object: SeenObject;
  /** On the machine's clock. */
  readonly atMs: number;
}

/** Watches what becomes of the objects of one kind in a namespace, as a user would. */
export class Spectator {
  readonly #ready = new Map<string, number>();
  readonly #gone = new Map<string, number>();
  readonly #seen = new Set<string>();
  readonly #stop = new AbortController();
  readonly #transport: KubeTransport;
  readonly #path: string;
  readonly #waiting = new Set<() => void>();
  #onSeen: (seen: Seen) => void = () => undefined;

  private constructor(transport: KubeTransport, type: ResourceType, namespace: string) {
    this.#transport = transport;
    this.#path = pathOf(type, namespace);
  }

  static async open(
    transport: KubeTransport,
    type: ResourceType,
    namespace: string,
  ): Promise<Spectator> {
    const spectator = new Spectator(transport, type, namespace);
    const lines = await spectator.#begin();
    void spectator.#follow(lines);
    return spectator;
  }

  /** Calls back for everything that is seen. */
  onSeen(call: (seen: Seen) => void): void {
    this.#onSeen = call;
  }

  /** Returns when the last of them became Ready. */
  async untilReady(names: readonly string[], limitMs = 600_000): Promise<number> {
    return this.#untilAll(names, this.#ready, "Ready", limitMs);
  }

  async untilGone(names: readonly string[], limitMs = 600_000): Promise<number> {
    return this.#untilAll(names, this.#gone, "gone", limitMs);
  }

  close(): void {
    this.#stop.abort();
  }

  async #untilAll(
    names: readonly string[],
    moments: ReadonlyMap<string, number>,
    what: string,
    limitMs: number,
  ): Promise<number> {
    const deadlineMs = machineMs() + limitMs;
    let next = 0;
    for (;;) {
      while (next < names.length && moments.has(names[next] ?? "")) next += 1;
      if (next === names.length) break;
      if (machineMs() > deadlineMs) throw new Error(`${names[next]} was never ${what}`);
      await this.#change();
    }
    return Math.max(...names.map((name) => moments.get(name) ?? 0));
  }

  /** The next event, or a second later. */
  async #change(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const timer = setTimeout(resolve, 1_000);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }

  /** Lists, for what happened while nothing was watched, and opens a watch. */
  async #begin(): Promise<AsyncIterable<string>> {
    const path = this.#path;
    const { body } = await this.#transport.send({ method: "GET", path });
    const list: { items?: SeenObject[]; metadata?: { resourceVersion?: string } } = Object(body);
    const listed = new Set(list.items?.map(({ metadata }) => metadata.name));
    for (const object of list.items ?? []) this.#take({ type: "MODIFIED", object });
    for (const name of this.#seen) if (!listed.has(name)) this.#gone.set(name, machineMs());
    const query = { watch: "true", resourceVersion: list.metadata?.resourceVersion ?? "0" };
    const { signal } = this.#stop;
    const lines = await this.#transport.stream({ method: "GET", path, query, signal });
    if ("status" in lines) throw new Error(`watch: ${lines.status}`);
    return lines;
  }

  /** The API server ends a watch that reads too slowly on a busy machine; then it begins anew. */
  async #follow(first: AsyncIterable<string>): Promise<void> {
    let lines = first;
    while (!this.#stop.signal.aborted) {
      try {
        for await (const line of lines) this.#take(JSON.parse(line));
      } catch {
        // The list says what was missed.
      }
      if (this.#stop.signal.aborted) return;
      lines = await this.#begin();
    }
  }

  #take({ type, object }: Omit<Seen, "atMs">): void {
    const atMs = machineMs();
    const { name } = object.metadata;
    this.#seen.add(name);
    if (type === "DELETED") this.#gone.set(name, atMs);
    else if (!this.#ready.has(name) && isReady(object)) this.#ready.set(name, atMs);
    this.#onSeen({ type, object, atMs });
    for (const wake of this.#waiting) wake();
  }
}

function isReady({ status }: SeenObject): boolean {
  return status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false;
}
