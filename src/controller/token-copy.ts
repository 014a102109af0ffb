import type { MetadataKeys } from "../api/metadata.ts";
import { type KubeClient, SECRETS } from "../kube/client.ts";
import { KubeError } from "../kube/errors.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import type { AccountPort } from "../provider/account-port.ts";
import type { AccountObject } from "./account-object.ts";
import { namespaceOf } from "./managed-object.ts";

const KEY = "token";

export interface CopyDependencies {
  readonly port: AccountPort;
  readonly client: KubeClient;
  readonly keys: MetadataKeys;
  readonly signal: AbortSignal;
}

interface SecretObject extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly metadata: KubeObject["metadata"] & {
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
}

/**
 * The operator's own copy of the token that an account uses: a Secret that belongs to the account and has its finalizer. The namespace
 * controller deletes the Secrets of a namespace at once, and none can be made in it any more; the copy stays until the account goes, so that
 * an operator which is started anew meanwhile can still delete what the namespace has left behind.
 */
export async function keepCopy(
  account: AccountObject,
  token: string,
  dependencies: CopyDependencies,
): Promise<void> {
  const { port, client, keys, signal } = dependencies;
  const namespace = namespaceOf(account);
  const present = await find(account, dependencies);
  if (present === undefined) {
    const { name, uid } = account.metadata;
    const apiVersion = `${port.group}/${port.version}`;
    const metadata = {
      name: nameOfCopy(account, port),
      finalizers: [keys.accountFinalizer],
      ownerReferences: [{ apiVersion, kind: port.kind, name, uid }],
    };
    const secret = { apiVersion: "v1", kind: "Secret", metadata, stringData: { [KEY]: token } };
    await client.create(SECRETS, namespace, secret, signal);
    return;
  }
  if (!isOf(account, present) || tokenIn(present) === token) return;
  const { name, resourceVersion } = present.metadata;
  const data = { [KEY]: Buffer.from(token).toString("base64") };
  await client.mergePatch(
    SECRETS,
    namespace,
    name,
    { metadata: { resourceVersion }, data },
    {},
    signal,
  );
}

/** What an operator before this one had proven. */
export async function readCopy(
  account: AccountObject,
  dependencies: CopyDependencies,
): Promise<string | undefined> {
  const present = await find(account, dependencies);
  return present !== undefined && isOf(account, present) ? tokenIn(present) : undefined;
}

/** The account goes; nobody needs the copy any more. */
export async function dropCopy(
  account: AccountObject,
  dependencies: CopyDependencies,
): Promise<void> {
  const { client, keys, signal } = dependencies;
  const namespace = namespaceOf(account);
  const present = await find(account, dependencies);
  if (present === undefined || !isOf(account, present)) return;
  const { name, uid, resourceVersion } = present.metadata;
  const finalizers = (present.metadata.finalizers ?? []).filter(
    (finalizer) => finalizer !== keys.accountFinalizer,
  );
  const patch = { metadata: { resourceVersion, finalizers } };
  await client.mergePatch(SECRETS, namespace, name, patch, {}, signal);
  await client.remove(SECRETS, namespace, name, { uid }, signal).catch(unlessNotFound);
}

async function find(
  account: AccountObject,
  { port, client, signal }: CopyDependencies,
): Promise<SecretObject | undefined> {
  return client
    .get<SecretObject>(SECRETS, namespaceOf(account), nameOfCopy(account, port), signal)
    .catch(unlessForbidden);
}

/** What may not be read was not made by us either. */
function unlessForbidden(error: unknown): undefined {
  if (error instanceof KubeError && error.kind === "forbidden") return undefined;
  return unlessNotFound(error);
}

function unlessNotFound(error: unknown): undefined {
  if (error instanceof KubeError && error.kind === "not-found") return undefined;
  throw error;
}

function nameOfCopy({ metadata }: AccountObject, { plural }: AccountPort): string {
  return `${metadata.name}.${plural}`;
}

/** Anybody may have taken the name; only what belongs to this very account is ours. */
function isOf(account: AccountObject, { metadata }: SecretObject): boolean {
  return metadata.ownerReferences?.some(({ uid }) => uid === account.metadata.uid) ?? false;
}

function tokenIn({ data }: SecretObject): string | undefined {
  const value = data?.[KEY];
  return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
}
