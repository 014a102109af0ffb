import { hash } from "node:crypto";
import { markerOf } from "../core/marker.ts";
import type { RemoteThing } from "../core/observation.ts";
import type { KubeClient } from "../kube/client.ts";
import { KubeError } from "../kube/errors.ts";
import type { AccountPort, Mirrors } from "../provider/account-port.ts";
import type { Connection } from "../provider/connection.ts";
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
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
}

/**
 * Shows each thing of an account that no resource stands for as one that only observes it, and takes that away when the thing is gone or
 * another resource stands for it. A mirror belongs to its account object and is known by that, so a person's own resource is never touched.
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
    const present = mirrorsOf(account, runtime);
    const connection = holder?.session?.connection(runtime.port.kind);
    if (wanted?.kind !== runtime.port.kind) await drop(present, runtime, mirroring);
    else if (connection !== undefined)
      await align(account, { present, wanted, connection, runtime }, mirroring);
  }
}

interface Scene {
  readonly present: readonly Mirrored[];
  readonly wanted: Mirrors;
  readonly connection: Connection;
  readonly runtime: KindRuntime;
}

async function align(account: AccountObject, scene: Scene, mirroring: Mirroring): Promise<void> {
  const { present, wanted, connection, runtime } = scene;
  const { latest } = connection.snapshots;
  // An account that shows something else than it should is no reason to change anything.
  if (latest === undefined || connection.suspicion !== undefined) return;
  const mirrored = new Set(present.map(idOf));
  const isClaimed = claimsIn(scene);
  const missing = [...latest.things()].filter(
    (thing) => !mirrored.has(thing.id) && !isClaimed(thing) && thing.phase !== "deleting",
  );
  const surplus: Mirrored[] = [];
  for (const mirror of present) {
    const thing = latest.byId(idOf(mirror));
    const isOver =
      thing === undefined ? await isGone(idOf(mirror), scene, mirroring) : isClaimed(thing);
    if (isOver) surplus.push(mirror);
  }
  await drop(surplus, runtime, mirroring);
  for (const thing of missing.slice(0, MAX_A_TURN))
    await make(account, thing, wanted, runtime, mirroring);
}

/** A resource that is no mirror stands for it already, or says that it wants to. */
function claimsIn({ present, connection, runtime }: Scene): (thing: RemoteThing) => boolean {
  const { store, accounts } = runtime;
  const uids = new Set(present.map(({ metadata }) => metadata.uid));
  return ({ id, label }) => {
    const marker = markerOf(label);
    const claimants = [
      ...store.byIndex(INDEX.remoteId, id),
      ...(marker === undefined ? [] : store.byIndex(INDEX.marker, marker)),
    ];
    return claimants.some(
      (object) => !uids.has(object.metadata.uid) && accounts.of(object).connection === connection,
    );
  };
}

/** Not listed, and not found by itself either. */
async function isGone(id: string, { connection }: Scene, { signal }: Mirroring): Promise<boolean> {
  return (await connection.remote.get(id, signal)) === undefined;
}

async function make(
  account: AccountObject,
  thing: RemoteThing,
  wanted: Mirrors,
  { port: type }: KindRuntime,
  { port, client, signal }: Mirroring,
): Promise<void> {
  const { name, uid } = account.metadata;
  const owner = { apiVersion: `${port.group}/${port.version}`, kind: port.kind, name, uid };
  const body = {
    apiVersion: `${type.group}/${type.version}`,
    kind: type.kind,
    metadata: { name: nameFor(wanted.nameOf(thing), thing.id), ownerReferences: [owner] },
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

function mirrorsOf(account: AccountObject, { store }: KindRuntime): readonly Mirrored[] {
  const { uid, namespace } = account.metadata;
  return [...store.list()].filter((object: Mirrored) => {
    const { metadata, spec } = object;
    const isOwned = metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
    // Whoever lets the operator manage one has made it a resource of his own.
    return metadata.namespace === namespace && isOwned && spec.managementPolicy === "ObserveOnly";
  });
}

function idOf({ spec }: Mirrored): string {
  return String(spec.adopt?.id);
}

/** Fit for a name, and with so much of the id's hash that two never meet. */
function nameFor(words: string, id: string): string {
  const plain = words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_NAME_LENGTH)
    .replace(/^-+|-+$/g, "");
  const suffix = hash("sha256", id, "hex").slice(0, SUFFIX_LENGTH);
  return plain === "" ? `x-${suffix}` : `${plain}-${suffix}`;
}

function unlessExisting(error: unknown): void {
  if (!(error instanceof KubeError) || error.kind !== "already-exists") throw error;
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof KubeError) || error.kind !== "not-found") throw error;
}
