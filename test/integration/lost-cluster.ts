import type { Kubectl } from "./namespace.ts";

const KINDS = "hpcaccounts,hpcnamespaces,hpcstorages,hpcinstances,hpctokens";
/** What Velero leaves out of a backup. */
const LEFT_OUT = "velero.io/exclude-from-backup";

/** What Velero takes off an object before it makes it anew; labels, annotations and finalizers stay. */
const TAKEN_OFF: ReadonlySet<string> = new Set([
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generateName",
  "generation",
  "ownerReferences",
  "resourceVersion",
  "selfLink",
  "uid",
]);

/** An object as a backup holds it. */
export interface Saved {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

type Namespace = Kubectl & { readonly namespace: string };

/** Everything that a backup of the namespace would hold, in the order in which a restore brings it back. */
export async function saved(kubectl: Kubectl): Promise<readonly Saved[]> {
  const secrets = await itemsOf(kubectl, "secrets");
  const all = [...secrets, ...(await itemsOf(kubectl, KINDS))];
  return all.filter(({ metadata }) => metadata.labels?.[LEFT_OUT] !== "true");
}

/** Objects vanish without anybody being asked, as they do with the etcd that holds them. No operator may be at work. */
export async function lose(kubectl: Kubectl): Promise<void> {
  const objects = [...(await itemsOf(kubectl, KINDS)), ...(await itemsOf(kubectl, "secrets"))];
  const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  const patch = JSON.stringify({ metadata: { finalizers: null } });
  await Promise.all(names.map((name) => kubectl.run("patch", name, "--type=merge", "-p", patch)));
  await kubectl.run("delete", ...names);
}

/** Makes objects anew as Velero does. A creation takes no status, so it is written afterwards where it is to be restored. */
export async function restore(
  kubectl: Namespace,
  objects: readonly Saved[],
  { withStatus }: { readonly withStatus: boolean },
): Promise<void> {
  const items = objects.map((object) => ({
    ...object,
    metadata: withoutIdentity(object.metadata),
  }));
  const list = { apiVersion: "v1", kind: "List", items };
  await done(kubectl, ["create", "--validate=false", "-f", "-"], list);
  if (!withStatus) return;
  const withOne = objects.filter(({ status }) => status !== undefined);
  await Promise.all(withOne.map((object) => writeStatus(kubectl, object)));
}

/** As a repository has it: what a person wrote, and nothing else. */
export function asManifest(object: Saved): Saved {
  const { status: _, metadata, ...rest } = object;
  return { ...rest, metadata: { name: metadata.name } };
}

async function writeStatus(
  kubectl: Namespace,
  { apiVersion, kind, metadata: { name }, status }: Saved,
): Promise<void> {
  const present = JSON.parse(await kubectl.run("get", kind, name, "-o", "json"));
  const plural = `${kind.toLowerCase()}s`;
  const path = `/apis/${apiVersion}/namespaces/${kubectl.namespace}/${plural}/${name}/status`;
  await done(kubectl, ["replace", "--raw", path, "-f", "-"], { ...present, status });
}

async function done(kubectl: Kubectl, args: readonly string[], object: object): Promise<void> {
  const { code, stderr } = await kubectl.attempt(args, JSON.stringify(object));
  if (code !== 0) throw new Error(stderr);
}

function withoutIdentity(metadata: Saved["metadata"]): Saved["metadata"] {
  const kept = Object.entries(metadata).filter(([field]) => !TAKEN_OFF.has(field));
  return { ...Object.fromEntries(kept), name: metadata.name };
}

async function itemsOf(kubectl: Kubectl, kinds: string): Promise<readonly Saved[]> {
  return JSON.parse(await kubectl.run("get", kinds, "-o", "json")).items;
}
