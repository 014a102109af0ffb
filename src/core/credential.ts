/**
 * A credential by what it sees: `7/*` sees everything of user 7; `7/3f9ac21b04de` what was made with it or granted to it; `?/3f9ac21b04de`
 * the same, where the provider does not say whose it is. Never the credential itself.
 */
export type CredentialName = string;

const EVERYTHING = "/*";

export function nameOfCredential(
  fingerprint: string,
  owner: { readonly user: string; readonly seesEverything: boolean } | undefined,
): CredentialName {
  if (owner === undefined) return `?/${fingerprint}`;
  return owner.seesEverything ? `${owner.user}${EVERYTHING}` : `${owner.user}/${fingerprint}`;
}

/** Whether whatever `former` saw or made is shown to `present` too, as long as it exists. */
export function seesAllThat(present: CredentialName, former: CredentialName): boolean {
  const isOfSameUser = userOf(present) === userOf(former);
  if (present.endsWith(EVERYTHING) || former.endsWith(EVERYTHING))
    return present.endsWith(EVERYTHING) && isOfSameUser;
  // The same fingerprint is the same credential, also while nobody can tell whose it is.
  return fingerprintIn(present) === fingerprintIn(former);
}

/** Which name to remember: one that nobody knows the owner of says less than what is remembered already. */
export function betterKnown(
  present: CredentialName | undefined,
  former: CredentialName | undefined,
): CredentialName | undefined {
  const isUnknown = present?.startsWith("?") ?? true;
  return isUnknown ? (former ?? present) : present;
}

/** Undefined where nobody knows whose it is. */
export function ownerIn(name: CredentialName): string | undefined {
  const user = userOf(name);
  return user === "?" ? undefined : user;
}

function fingerprintIn(name: CredentialName): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function userOf(name: CredentialName): string {
  return name.slice(0, name.lastIndexOf("/"));
}
