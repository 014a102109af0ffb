import type { Place } from "../core/account-name.ts";
import type { AccountClient, AccountPort, AccountRemarks } from "./account-port.ts";
import type { Connection } from "./connection.ts";
import { ProviderError } from "./errors.ts";
import type { Lanes } from "./lanes.ts";
import type { RemoteKind } from "./port.ts";
import type { Trust } from "./trust.ts";

/** Whoever has a token for a session. */
export interface TokenHolder {
  /** For messages, such as `HpcAccount "default"`. */
  readonly what: string;
  /** Proven to be of the session's user; undefined while there is none. */
  readonly token: string | undefined;
  /** Looks for another token than the one that was refused. Never rejects. */
  renew(refused: string): Promise<void>;
}

/** What all sessions of one user of one server have in common. */
export interface Standing {
  readonly place: Place;
  readonly lanes: Lanes;
  readonly trust: Trust;
}

export interface SessionOptions {
  readonly standing: Standing;
  /** Whose the view is alone; undefined where it is that of a master token. */
  readonly only: string | undefined;
  readonly port: AccountPort;
  /** @param signal Ends the looks. */
  readonly connect: (connecting: {
    readonly kind: string;
    readonly remote: RemoteKind;
    readonly standing: Standing;
    readonly only: string | undefined;
    readonly signal: AbortSignal;
  }) => Connection;
  readonly signal: AbortSignal;
}

/**
 * One view of one account: what a master token of its user sees, or an ordinary one. Accounts with the same view share it, and with
 * it each list. It looks from when it is first used until nobody holds it any more.
 */
export class Session {
  readonly standing: Standing;
  readonly #options: SessionOptions;
  readonly #client: AccountClient;
  readonly #holders = new Set<TokenHolder>();
  readonly #connections = new Map<string, Connection>();
  readonly #remotes: ReadonlyMap<string, RemoteKind>;
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  /** What was begun is brought to its end with the token it was begun with, although its holder has left. */
  #lastToken: string | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.standing = options.standing;
    this.#signal = AbortSignal.any([options.signal, this.#ending.signal]);
    this.#client = options.port.open({
      signal: this.#signal,
      url: options.standing.place.server,
      lanes: options.standing.lanes,
      token: () => this.#token(),
      otherToken: (refused) => this.#otherToken(refused),
    });
    this.#remotes = this.#client.remotes();
    void this.#client.keepInformed();
  }

  get isHeld(): boolean {
    return this.#holders.size > 0;
  }

  get remarks(): AccountRemarks {
    return this.#client.remarks;
  }

  hold(holder: TokenHolder): void {
    this.#holders.add(holder);
  }

  /** Ends the looks where nobody else holds it. */
  letGo(holder: TokenHolder): void {
    this.#holders.delete(holder);
    if (this.isHeld) return;
    for (const connection of this.#connections.values()) connection.close();
    this.#ending.abort(new ProviderError("unavailable", "the account is no longer used"));
  }

  /** Begins to look where it is the first time that this kind is asked for. */
  connection(kind: string): Connection | undefined {
    const known = this.#connections.get(kind);
    const remote = this.#remotes.get(kind);
    if (known !== undefined || remote === undefined) return known;
    const { connect, standing, only } = this.#options;
    const connection = connect({ kind, remote, standing, only, signal: this.#signal });
    this.#connections.set(kind, connection);
    void connection.snapshots.run();
    return connection;
  }

  /** The connections that are in use. */
  connections(): Iterable<readonly [kind: string, connection: Connection]> {
    return this.#connections;
  }

  close(): void {
    this.#client.close();
  }

  async #token(): Promise<string> {
    const holders = [...this.#holders];
    const token = holders.find((holder) => holder.token !== undefined)?.token;
    this.#lastToken = token ?? (holders.length === 0 ? this.#lastToken : undefined);
    if (this.#lastToken !== undefined) return this.#lastToken;
    const who = holders.map(({ what }) => what).join(", ");
    throw new ProviderError(
      "unauthorized",
      `${who} has no ${this.#options.port.credentialCalled} that works`,
    );
  }

  async #otherToken(refused: string): Promise<string | undefined> {
    for (const holder of this.#holders) {
      if (holder.token === refused) await holder.renew(refused);
      if (holder.token !== undefined && holder.token !== refused) return holder.token;
    }
    return undefined;
  }
}
