/**
 * An account as a resource remembers it: `default@https://api.example.org#7` is the account object `default` of the resource's own
 * namespace while it stands for user 7 of that server; `operator` is the operator's own account.
 */
export type AccountName = string;

export const OPERATORS_OWN: AccountName = "operator";

/** The account object that counts where a resource names none. */
export const DEFAULT_ACCOUNT = "default";

export interface Place {
  readonly server: string;
  /** Undefined where the provider does not say whose a credential is. */
  readonly user: string | undefined;
}

/** A place in one word, such as `https://api.example.org#7`. */
export function wordOfPlace({ server, user }: Place): string {
  return `${server}#${user ?? "?"}`;
}

export function placeOf(word: string): Place {
  const end = word.lastIndexOf("#");
  const user = word.slice(end + 1);
  return { server: word.slice(0, end), user: user === "?" ? undefined : user };
}

/** No name of an object holds an `@`. */
export function nameOfAccount(objectName: string, place: Place): AccountName {
  return `${objectName}@${wordOfPlace(place)}`;
}

/** Undefined for the operator's own account. */
export function objectNameIn(account: AccountName): string | undefined {
  const end = account.indexOf("@");
  return end === -1 ? undefined : account.slice(0, end);
}

/** What says where the remote thing of a resource was made, or was to be made. */
export interface AccountRecord {
  /** `status.account`, which only the operator writes. */
  readonly recorded?: AccountName | undefined;
  readonly hasRecordedId: boolean;
  /** The annotation, written with the finalizer; whoever writes the resource can write it, too. */
  readonly annotated?: AccountName | undefined;
  readonly hasIntent: boolean;
  /** Every resource names its account, so the operator's own is not meant where nothing is said. Left out: not so. */
  readonly isAlwaysNamed?: boolean;
}

export interface Remembered {
  readonly account: AccountName;
  /** The status says so. An annotation alone shows where to look and what to delete, never where to spend. */
  readonly isProven: boolean;
}

/**
 * Where the remote thing of a resource is, if there may be one; undefined while nothing was ever made. What an operator wrote that knew no
 * other account than its own is in that one.
 */
export function rememberedAccount(record: AccountRecord): Remembered | undefined {
  const { recorded, hasRecordedId, annotated, hasIntent, isAlwaysNamed = false } = record;
  if (recorded !== undefined) return { account: recorded, isProven: true };
  if (hasRecordedId && !isAlwaysNamed) return { account: OPERATORS_OWN, isProven: true };
  if (annotated !== undefined) return { account: annotated, isProven: false };
  return hasIntent && !isAlwaysNamed ? { account: OPERATORS_OWN, isProven: false } : undefined;
}
