import { KubeError } from "../kube/errors.ts";
import type { Dependencies } from "./dependencies.ts";
import { namespaceOf } from "./managed-object.ts";
import type { ResourceMemory } from "./memory.ts";

/**
 * Deletes what a create request made for an object that was gone before the answer came. The API server can lose a finalizer that is
 * written at the moment of a deletion; then nobody would ever delete the thing. Only the very id that the request brought back is
 * touched, and only where a read past every cache finds no object of that name: a namesake would find the thing by its marker.
 *
 * @returns the id that was deleted; undefined where it is to stay.
 * @throws ProviderError or KubeError; it is to be tried again.
 */
export async function takeBack(
  made: NonNullable<ResourceMemory["made"]>,
  { runtime, client, signal }: Dependencies,
): Promise<string | undefined> {
  const { object, id } = made;
  if (object.spec.deletionPolicy === "Retain") return undefined;
  const precondition = async (): Promise<void> => {
    const found = await client
      .get(runtime.port, namespaceOf(object), object.metadata.name, signal)
      .catch((error: unknown) => {
        if (error instanceof KubeError && error.kind === "not-found") return undefined;
        throw error;
      });
    if (found !== undefined) throw new KubeError("conflict", `${object.metadata.name} exists`);
  };
  await runtime.connection.remote.remove(id, { signal, precondition });
  return id;
}
