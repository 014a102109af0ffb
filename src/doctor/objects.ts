import type { KubeClient } from "../kube/client.ts";
import type { KubeObject, ResourceType } from "../kube/kube-object.ts";

export interface Scope {
  readonly client: KubeClient;
  /** Empty: all. */
  readonly namespaces: readonly string[];
  readonly signal: AbortSignal;
}

const PAGE = 500;

/** Every object of a type in the namespaces that the operator watches, page by page. Rejects with a KubeError. */
export async function* objectsOf<T extends KubeObject>(
  type: ResourceType,
  { client, namespaces, signal }: Scope,
): AsyncGenerator<T> {
  for (const namespace of namespaces.length === 0 ? [undefined] : namespaces) {
    const scope = namespace === undefined ? {} : { namespace };
    let position: { continue?: string } = {};
    do {
      const page = await client.list<T>(type, { ...scope, ...position, limit: PAGE }, signal);
      yield* page.items;
      position = page.continue === undefined ? {} : { continue: page.continue };
    } while (position.continue !== undefined);
  }
}
