import { hash } from "node:crypto";
import { markerOf } from "../core/marker.ts";
import type { RemoteThing } from "../core/observation.ts";
import type { KubeClient } from "../kube/client.ts";
import { KubeError } from "../kube/errors.ts";
import type { AccountPort, Mirrors } from "../provider/account-port.ts";
import { type Connection, haveSameIds } from "../provider/connection.ts";
import type { Choice } from "./account-choice.ts";
import type { AccountHolder } from "./account-holder.ts";
import type { AccountObject } from "./account-object.ts";
import { INDEX, type KindRuntime, type Kinds } from "./kind-runtime.ts";
import { type ManagedObject, namespaceOf } from "./managed-object.ts";

export interface Mirroring {
  readonly port: AccountPort;
  readonly client: KubeClient;
  readonly kinds: () => Kinds;
  readonly signal: AbortSignal;
}

/** So many are made or removed in one go; the rest follows at the next look. */
const MAX_A_TURN = 1_000;
const MAX_NAME_LENGTH = 50;
const SUFFIX_LENGTH = 8;

interface Mirrored extends ManagedObject {
  readonly metadata: ManagedObject["metadata"] & {
    readonly ownerReferences?: readonly { readonly kind: string; readonly uid: string }[];
  };
}

/**
 * Shows each thing of an account that no resource of its namespace stands for as one that only observes it, and takes that away when the
 * thing is gone or another resource stands for it. A mirror belongs to its account object and is known by that, so a person's own resource
 * is never touched.
 *
 * @param holder Undefined where the account is on its way out: then all mirrors go.
 */
export async function keepMirrors(
  account: AccountObject,
  holder: AccountHolder | undefined,
  mirroring: Mirroring,
): Promise<void> {
  const { port, kinds } = mirroring;
  if (port.mirrors === undefined) return;
  const wanted = holder === undefined ? undefined : port.mirrors(account.spec);
  for (const runtime of kinds().values()) {
    const present = mirrorsOf(account, runtime, mirroring);
    const connection = holder?.session?.connection(runtime.port.kind);
    if (wanted?.kind !== runtime.port.kind) await drop(present, runtime, mirroring);
    else if (connection !== undefined)
      await align({ account, present, wanted, connection, runtime }, mirroring);
  }
}

interface Scene {
  readonly account: AccountObject;
  readonly present: readonly Mirrored[];
  readonly wanted: Mirrors;
  readonly connection: Connection;
  readonly runtime: KindRuntime;
}

async function align(scene: Scene, mirroring: Mirroring): Promise<void> {
  const { present, connection, runtime } = scene;
  const { latest } = connection.snapshots;
  // An account that shows something else than it should is no reason to change anything.
  if (latest === undefined || connection.suspicion !== undefined) return;
  const mirrored = new Set(present.map(idOf));
  const standsFor = claimantsIn(scene);
  const { kind } = mirroring.port;
  const missing = [...latest.things()].filter(
    (thing) =>
      thing.phase !== "deleting" &&
      !mirrored.has(thing.id) &&
      standsFor(thing).length === 0 &&
      // Whoever has the name, the request would be refused at every look.
      !isTaken(nameFor(thing, scene.wanted), scene),
  );
  const surplus: Mirrored[] = [];
  for (const mirror of present) {
    const thing = latest.byId(idOf(mirror));
    // What another account shows of it is as good, and no reason to take turns.
    const isOver =
      thing === undefined
        ? await isGone(idOf(mirror), scene, mirroring)
        : standsFor(thing).some((object) => !isMirror(object, kind));
    if (isOver) surplus.push(mirror);
  }
  await drop(surplus, runtime, mirroring);
  for (const thing of missing.slice(0, MAX_A_TURN)) await make(thing, scene, mirroring);
}

/**
 * The resources of the account's namespace that stand for a thing, or say that they want to, mirrors among them; also those of another
 * account where the same id is the same thing.
 */
function claimantsIn({
  account,
  connection,
  runtime,
}: Scene): (thing: RemoteThing) => readonly Mirrored[] {
  const { store, accounts } = runtime;
  const namespace = namespaceOf(account);
  return ({ id, label }) => {
    const marker = markerOf(label);
    const claimants: readonly Mirrored[] = [
      ...store.byIndex(INDEX.remoteId, id),
      ...(marker === undefined ? [] : store.byIndex(INDEX.marker, marker)),
    ];
    return claimants.filter(
      (object) => namespaceOf(object) === namespace && isSeenIn(connection, accounts.of(object)),
    );
  };
}

function isSeenIn(connection: Connection, { connection: other }: Choice): boolean {
  return other !== undefined && haveSameIds(connection, other);
}

/** Not listed, and not found by itself either. */
async function isGone(id: string, { connection }: Scene, { signal }: Mirroring): Promise<boolean> {
  return (await connection.remote.get(id, signal)) === undefined;
}

async function make(
  thing: RemoteThing,
  { account, wanted, runtime: { port: type } }: Scene,
  { port, client, signal }: Mirroring,
): Promise<void> {
  const { name, uid } = account.metadata;
  const owner = { apiVersion: `${port.group}/${port.version}`, kind: port.kind, name, uid };
  const body = {
    apiVersion: `${type.group}/${type.version}`,
    kind: type.kind,
    metadata: { name: nameFor(thing, wanted), ownerReferences: [owner] },
    spec: wanted.specOf(thing, name),
  };
  await client.create(type, namespaceOf(account), body, signal).catch(unlessExisting);
}

async function drop(
  mirrors: readonly Mirrored[],
  { port: type }: KindRuntime,
  { client, signal }: Mirroring,
): Promise<void> {
  for (const { metadata } of mirrors.slice(0, MAX_A_TURN)) {
    const { namespace = "", name, uid } = metadata;
    await client.remove(type, namespace, name, { uid }, signal).catch(unlessMissing);
  }
}

function mirrorsOf(
  account: AccountObject,
  { store }: KindRuntime,
  { port }: Mirroring,
): readonly Mirrored[] {
  const { uid, namespace } = account.metadata;
  return [...store.list()].filter((object: Mirrored) => {
    const isOwned = object.metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
    return object.metadata.namespace === namespace && isOwned && isMirror(object, port.kind);
  });
}

/** Whoever lets the operator manage one has made it a resource of his own. */
function isMirror({ metadata, spec }: Mirrored, accountKind: string): boolean {
  const isOwned = metadata.ownerReferences?.some(({ kind }) => kind === accountKind) ?? false;
  return isOwned && spec.managementPolicy === "ObserveOnly";
}

function idOf({ spec }: Mirrored): string {
  return String(spec.adopt?.id);
}

function isTaken(name: string, { account, runtime: { store } }: Scene): boolean {
  return store.get(`${namespaceOf(account)}/${name}`) !== undefined;
}

/** Fit for a name, and with so much of the id's hash that two never meet. */
function nameFor(thing: RemoteThing, wanted: Mirrors): string {
  const plain = wanted
    .nameOf(thing)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_NAME_LENGTH)
    .replace(/^-+|-+$/g, "");
  const suffix = hash("sha256", thing.id, "hex").slice(0, SUFFIX_LENGTH);
  return plain === "" ? `x-${suffix}` : `${plain}-${suffix}`;
}

function unlessExisting(error: unknown): void {
  if (!(error instanceof KubeError) || error.kind !== "already-exists") throw error;
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof KubeError) || error.kind !== "not-found") throw error;
}
