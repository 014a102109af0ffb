import type { Terms } from "../core/terms.ts";
import { ProviderError } from "./errors.ts";
import type { RemoteKind } from "./port.ts";
import type { Snapshot, SnapshotChanges } from "./snapshot.ts";
import { Snapshots, type SnapshotsOptions } from "./snapshots.ts";
import type { Trust } from "./trust.ts";

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

  /** What the provider says of itself, as far as it was read. */
  get terms(): Terms | undefined {
    return this.remote.terms;
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
    onChanges(changes);
  }
}
