import { setTimeout as delay } from "node:timers/promises";
import type { KubeObject, ResourceType } from "../../src/kube/kube-object.ts";
import { pathOf } from "../../src/kube/kube-object.ts";
import type { KubeTransport } from "../../src/kube/transport.ts";

export interface Revision {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly kind: string;
  readonly object: KubeObject & {
    readonly status?: Readonly<Record<string, unknown>>;
    readonly spec?: Readonly<Record<string, unknown>>;
  };
  /** When the recorder saw it, in monotonic milliseconds; a little later than when it happened. */
  readonly seenMs: number;
}

/** Every revision of some kinds in one namespace, as the API server tells them, past every proxy. */
export class ClusterHistory {
  readonly revisions: Revision[] = [];
  readonly #ending = new AbortController();

  static async record(
    transport: KubeTransport,
    types: readonly ResourceType[],
    namespace: string,
  ): Promise<ClusterHistory> {
    const history = new ClusterHistory();
    await Promise.all(types.map((type) => history.#follow(transport, type, namespace)));
    return history;
  }

  stop(): void {
    this.#ending.abort();
  }

  async #follow(transport: KubeTransport, type: ResourceType, namespace: string): Promise<void> {
    const { signal } = this.#ending;
    const lines = await transport.stream({
      method: "GET",
      path: pathOf(type, namespace),
      query: { watch: "true", resourceVersion: "0" },
      signal,
    });
    if ("status" in lines) throw new Error(`the recorder cannot watch ${type.kind}`);
    void this.#read(lines, type.kind);
    // A watch from version 0 tells what exists first; the namespace is empty, so there is nothing to wait for.
    await delay(0);
  }

  async #read(lines: AsyncIterable<string>, kind: string): Promise<void> {
    try {
      for await (const line of lines) {
        const { type, object } = JSON.parse(line);
        this.revisions.push({ type, kind, object, seenMs: performance.now() });
      }
    } catch {
      // The recorder was stopped.
    }
  }
}
