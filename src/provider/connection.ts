import { type BreakerState, judgeList, TRUSTED } from "../core/breaker.ts";
import type { RemoteKind } from "./port.ts";
import type { Snapshot, SnapshotChanges } from "./snapshot.ts";
import { Snapshots, type SnapshotsOptions } from "./snapshots.ts";

export interface ConnectionOptions extends Omit<SnapshotsOptions, "list" | "onLook"> {
  readonly remote: RemoteKind;
  /** The remote ids that resources which are not being deleted have recorded. */
  readonly recordedIds: () => Iterable<string>;
  /** Things that a new snapshot shows otherwise; and whether the account is trusted otherwise than before. */
  readonly onChanges: (changes: SnapshotChanges) => void;
  readonly onSuspicion: (suspicion: string | undefined) => void;
}

/** One kind of one account, connected: the requests, the shared looks, and whether what they show is to be trusted. */
export class Connection {
  readonly remote: RemoteKind;
  readonly snapshots: Snapshots;
  readonly #options: ConnectionOptions;
  #breaker: BreakerState = TRUSTED;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.remote = options.remote;
    this.snapshots = new Snapshots({
      ...options,
      list: (signal) => options.remote.list(signal),
      onLook: (snapshot, changes) => this.#onLook(snapshot, changes),
    });
  }

  /** Why nothing is to be created or deleted at present. */
  get suspicion(): string | undefined {
    return this.#breaker.suspicion;
  }

  #onLook(snapshot: Snapshot, changes: SnapshotChanges): void {
    const recorded = [...this.#options.recordedIds()];
    const missing = recorded.filter((id) => snapshot.byId(id) === undefined).length;
    const before = this.#breaker.suspicion;
    this.#breaker = judgeList(this.#breaker, recorded.length, missing);
    if ((before === undefined) !== (this.suspicion === undefined)) {
      this.#options.onSuspicion(this.suspicion);
    }
    this.#options.onChanges(changes);
  }
}
