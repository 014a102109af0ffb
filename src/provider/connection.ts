import { setImmediate as nextTurn } from "node:timers/promises";
import { ownerIn } from "../core/credential.ts";
import type { Terms } from "../core/terms.ts";
import { ProviderError } from "./errors.ts";
import type { RemoteKind } from "./port.ts";
import type { Snapshot, SnapshotChanges } from "./snapshot.ts";
import { Snapshots, type SnapshotsOptions } from "./snapshots.ts";
import type { Trust } from "./trust.ts";

/** Some milliseconds of work. */
const CHANGES_A_TURN = 500;

export interface ConnectionOptions extends Omit<SnapshotsOptions, "remote" | "onLook"> {
  readonly remote: RemoteKind;
  /** What is listed: tells this list from the others by which the account is judged. */
  readonly kind: string;
  /** Its URL; left out, nothing is known of it. */
  readonly server?: string | undefined;
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

  /** The server, and the user behind the token as far as that is known. */
  get place(): { readonly server: string | undefined; readonly user: string | undefined } {
    const { credential } = this.remote;
    const user = credential === undefined ? undefined : ownerIn(credential);
    return { server: this.#options.server, user };
  }

  /** @throws ProviderError where requests carry another credential by now than what was seen. */
  requireCredential(credential: string): void {
    if (this.remote.credential === credential) return;
    throw new ProviderError("unavailable", "the credential was replaced; looking again with it");
  }

  /** It is looked at no more: what it showed last says nothing against the account. */
  close(): void {
    this.trust.forget(this.#options.kind);
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

/** Whether an id means the same thing in both: all users of a server mean the same by one, though not each of them may see it. */
export function haveSameIds(a: Connection, b: Connection): boolean {
  return a.place.server === b.place.server;
}

/** Whether two connections are of one user of one server; undefined where nobody knows. */
export function isSameAccount(a: Connection, b: Connection): boolean | undefined {
  // Whoever shares a user shares the trust.
  if (a.trust === b.trust) return true;
  if (a.place.server !== b.place.server) return false;
  if (a.place.user === undefined || b.place.user === undefined) return undefined;
  return a.place.user === b.place.user;
}
