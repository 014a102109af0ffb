import type { KubeObject, ResourceType } from "../../src/kube/kube-object.ts";
import type { KubeTransport } from "../../src/kube/transport.ts";
import { RecordingWatch } from "./recording-watch.ts";

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

/** How often, and how many times in a row, a watch that ended is opened again. */
export interface Persistence {
  readonly retryMs: number;
  readonly mostTries: number;
}

/** Half a minute: so long an API server may take to come back on a busy machine. */
const PERSISTENCE: Persistence = { retryMs: 200, mostTries: 150 };

/** Every revision of some kinds in one namespace, as the API server tells them, past every proxy. */
export class ClusterHistory {
  readonly revisions: Revision[] = [];
  readonly #newWatches: () => readonly RecordingWatch[];
  #watches: readonly RecordingWatch[] = [];

  private constructor(
    transport: KubeTransport,
    types: readonly ResourceType[],
    namespace: string,
    persistence: Persistence,
  ) {
    const tell = (revision: Revision): void => void this.revisions.push(revision);
    this.#newWatches = () =>
      types.map((type) => new RecordingWatch({ transport, type, namespace, tell, ...persistence }));
  }

  static async record(
    transport: KubeTransport,
    types: readonly ResourceType[],
    namespace: string,
    persistence = PERSISTENCE,
  ): Promise<ClusterHistory> {
    const history = new ClusterHistory(transport, types, namespace, persistence);
    await history.startOver();
    return history;
  }

  /**
   * Begins anew with what is there now, for whoever has broken the API server on purpose: what was missed meanwhile is not asked for,
   * and what was recorded stays.
   */
  async startOver(): Promise<void> {
    this.stop();
    this.#watches = this.#newWatches();
    await Promise.all(this.#watches.map((watch) => watch.begin()));
  }

  /** Where something may be missing, each in a sentence; empty where the history is whole. */
  get holes(): readonly string[] {
    return this.#watches.flatMap(({ hole }) => hole ?? []);
  }

  stop(): void {
    for (const watch of this.#watches) watch.stop();
  }
}
