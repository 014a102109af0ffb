import { created, noContent, ok, type Call, type Outcome } from "./outcome.ts";
import type { Park } from "./park.ts";
import { conflict, invalid } from "./refusal.ts";
import type { Owner, Thing } from "./thing.ts";
import type { Token } from "./tokens.ts";

/** Namespaces take no time to come or go. */
export type Namespace = Thing<"ready">;

export function listNamespaces({ park, token }: Call): Outcome {
  return ok(park.visible(token, "namespace", park.namespaces).map(namespaceView));
}

export function getNamespace(call: Call): Outcome {
  return ok(namespaceView(find(call)));
}

export function createNamespace({ park, token, body }: Call<{ readonly label: string }>): Outcome {
  const { label } = body;
  const namespace = addNamespace(park, park.ownerOf(token), label);
  return created(namespaceView(namespace), park.effect("created", "namespace", namespace));
}

export function addNamespace(park: Park, owner: Owner, label: string): Namespace {
  const birth = park.birth(owner);
  return park.namespaces.add((id) => ({ id, ...birth, label, life: { settled: "ready" } }));
}

/** Refused until whatever is in it is really gone. */
export function deleteNamespace(call: Call): Outcome {
  const { park } = call;
  const namespace = find(call);
  const isInside = ({ namespaceId }: { readonly namespaceId: number | null }): boolean =>
    namespaceId === namespace.id;
  if (park.instances.all().some(isInside) || park.storages.all().some(isInside)) {
    throw conflict(`Namespace ${namespace.id} is not empty`);
  }
  park.namespaces.leave(namespace, 0);
  return noContent([park.effect("deleted", "namespace", namespace)]);
}

/** Refuses a namespace that is not there or not the token's. */
export function requireNamespace(park: Park, token: Token, id: number | null): void {
  if (id === null) return;
  const namespace = park.namespaces.get(id);
  if (namespace !== undefined && park.canSee(token, "namespace", namespace)) return;
  throw invalid(["namespace_id"], `Namespace ${id} does not exist`);
}

export function namespaceView({ id, label, createdAt }: Namespace): Record<string, unknown> {
  return { id, label, created_at: createdAt };
}

function find({ park, token, id }: Call): Namespace {
  return park.find(token, "namespace", park.namespaces, id);
}
