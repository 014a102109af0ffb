import { setImmediate as nextTurn } from "node:timers/promises";
import { ProviderError } from "./errors.ts";
import type { RemoteKind } from "./port.ts";
import type { Snapshot, SnapshotChanges } from "./snapshot.ts";
import { Snapshots, type SnapshotsOptions } from "./snapshots.ts";
import type { Trust } from "./trust.ts";

/** Some milliseconds of work. */
const CHANGES_A_TURN = 500;

export interface ConnectionOptions extends Omit<SnapshotsOptions, "remote" | "onLook"> {
  readonly remote: RemoteKind;
  readonly kind: string;
  /** Shared by all kinds of the account. */
  readonly trust: Trust;
  /** The remote ids that resources expect to be there. */
  readonly expectedIds: () => Iterable<string>;
  /** Things that a new snapshot shows otherwise. */
  readonly onChanges: (changes: SnapshotChanges) => void;
}

/** One kind of one account, connected: the requests, the shared looks, and whether what they show is to be trusted. */
export class Connection {
  readonly remote: RemoteKind;
  readonly snapshots: Snapshots;
  readonly trust: Trust;
  readonly #options: ConnectionOptions;
  /** Missing in the latest list that was believed: taken for gone, and no longer expected. */
  #gone: ReadonlySet<string> = new Set();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.remote = options.remote;
    this.trust = options.trust;
    this.snapshots = new Snapshots({
      ...options,
      onLook: (snapshot, changes) => this.#onLook(snapshot, changes),
    });
  }

  /** Why nothing is to be created or deleted at present. */
  get suspicion(): string | undefined {
    return this.trust.suspicion;
  }

  /** @throws ProviderError where requests carry another credential by now than what was seen. */
  requireCredential(credential: string): void {
    if (this.remote.credential === credential) return;
    throw new ProviderError("unavailable", "the credential was replaced; looking again with it");
  }

  #onLook(snapshot: Snapshot, changes: SnapshotChanges): void {
    const { expectedIds, kind, onChanges } = this.#options;
    const expected = [...expectedIds()];
    const missing = expected.filter((id) => snapshot.byId(id) === undefined);
    const isNews = (id: string): boolean => !this.#gone.has(id);
    this.trust.judge(kind, expected.filter(isNews).length, missing.filter(isNews).length);
    if (this.suspicion === undefined) this.#gone = new Set(missing);
    void tellInTurns(changes, onChanges);
  }
}

/** Ten thousand keys that are woken at once would keep every timer and socket waiting. */
async function tellInTurns(
  { ids, markers }: SnapshotChanges,
  tell: (changes: SnapshotChanges) => void,
): Promise<void> {
  const all = { ids: [...ids], markers: [...markers] };
  const most = Math.max(ids.size, markers.size);
  for (let from = 0; from < most; from += CHANGES_A_TURN) {
    if (from > 0) await nextTurn();
    const part = (list: readonly string[]): ReadonlySet<string> =>
      new Set(list.slice(from, from + CHANGES_A_TURN));
    tell({ ids: part(all.ids), markers: part(all.markers) });
  }
}
