import { markerOf } from "../core/marker.ts";
import { REMOVE } from "../core/terms.ts";
import { KubeError } from "../kube/errors.ts";
import type { Dependencies } from "./dependencies.ts";
import type { RemoteThing } from "../core/observation.ts";
import type { Connection } from "../provider/connection.ts";
import { ProviderError } from "../provider/errors.ts";
import { isProtected, type ManagedObject, markerOfObject, namespaceOf } from "./managed-object.ts";

export interface Made {
  readonly id: string;
  /** The last copy that was seen of it. */
  readonly object: ManagedObject;
  /** The account in which it was made. */
  readonly connection: Connection;
  /** A list begun before this may not show it yet; monotonic milliseconds. */
  readonly quietAtMs: number;
}

/**
 * `gone`: it was there no more. `protected`: it lives, and nobody looks after it any more. `to stay`: it was to be left alone, or is not
 * ours any more.
 */
export type TakenBack = "deleted" | "gone" | "protected" | "to stay";

/**
 * Deletes what a create request made for an object that was gone before the answer came. The API server can lose a finalizer that is
 * written at the moment of a deletion; then nobody would ever delete the thing. Only the very id that the request brought back is
 * touched, while it bears the marker, and only where a read past every cache finds no object of that name: a namesake would find the
 * thing by its marker.
 *
 * @returns what became of it.
 * @throws ProviderError or KubeError; it is to be tried again, but for a conflict: a namesake exists.
 */
export async function takeBack(made: Made, dependencies: Dependencies): Promise<TakenBack> {
  const { id, object, connection } = made;
  const { runtime, signal } = dependencies;
  const { identification } = runtime;
  if (object.spec.deletionPolicy === "Retain" || object.spec.managementPolicy === "ObserveOnly")
    return "to stay";
  if (isProtected(object)) return "protected";
  const thing = await find(made, dependencies);
  if (thing === undefined) return "gone";
  if (markerOf(thing.label) !== markerOfObject(object, identification)) return "to stay";
  const precondition = async (): Promise<void> => {
    const { suspicion, terms } = connection;
    const why = suspicion ?? (terms?.halt?.stops.has(REMOVE) ? terms.halt.why : undefined);
    if (why !== undefined) throw new KubeError("unavailable", `${id} is not taken back: ${why}`);
    await requireAbsent(object, dependencies);
  };
  await connection.remote.remove(id, { signal, precondition });
  return "deleted";
}

/** What a GET denies may be there all the same, and bear another marker by now: nothing is touched unseen, and gone is what a late list lacks. */
async function find(
  { id, connection: { remote, snapshots }, quietAtMs }: Made,
  { now, signal }: Dependencies,
): Promise<RemoteThing | undefined> {
  const askedMs = now();
  const fetched = await remote.get(id, signal);
  if (fetched !== undefined) return fetched;
  const list = await snapshots.listedSince(askedMs);
  const listed = list.byId(id);
  if (listed === undefined && list.lookedAtMs < quietAtMs)
    throw new ProviderError("unavailable", `${id} is not shown yet, and may be any time`);
  return listed;
}

async function requireAbsent(
  object: ManagedObject,
  { runtime, client, signal }: Dependencies,
): Promise<void> {
  const { name } = object.metadata;
  try {
    await client.get(runtime.port, namespaceOf(object), name, signal);
  } catch (error) {
    if (error instanceof KubeError && error.kind === "not-found") return;
    throw error;
  }
  throw new KubeError("conflict", `${name} exists`);
}
