import type { AccountName } from "../core/account-name.ts";
import { OPERATORS_OWN } from "../core/account-name.ts";
import type { Obstacle } from "../core/situation.ts";
import type { Connection } from "../provider/connection.ts";
import type { ManagedObject } from "./managed-object.ts";

/** The account of one object, as things stand. */
export interface Choice {
  readonly name?: AccountName;
  /** Undefined where the account cannot be asked; `noAccount` says why. */
  readonly connection?: Connection;
  readonly noAccount?: Obstacle;
  /** It can be looked at there, and deleted, but nothing is to be made or changed. */
  readonly obstacle?: Obstacle;
}

/** Finds the account of an object. Asks nobody, so it may be called at any time. */
export interface AccountChooser {
  of(object: ManagedObject): Choice;
  /** The connections of this kind that are in use. */
  connections(): Iterable<Connection>;
}

/** Where there is but one account. */
export function soleAccount(connection: Connection): AccountChooser {
  return { of: () => ({ name: OPERATORS_OWN, connection }), connections: () => [connection] };
}

/** The account that was looked at. */
export function connectionOf({ account }: { readonly account: Choice }): Connection {
  if (account.connection === undefined) throw new TypeError("no account was looked at");
  return account.connection;
}
