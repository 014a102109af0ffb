import type { Reference, Resolved } from "../port.ts";

interface InNamespace {
  readonly namespaceId?: number;
  readonly namespaceRef?: { readonly name: string };
}

const KIND = "HpcNamespace";

/** The HpcNamespace that a spec refers to, if it names one. */
export function namespaceReferences({ namespaceRef }: InNamespace): readonly Reference[] {
  return namespaceRef === undefined
    ? []
    : [{ kind: KIND, name: namespaceRef.name, path: "spec.namespaceRef" }];
}

/** The id of the namespace that a spec asks for; undefined where it asks for none, or the one it refers to has no id yet. */
export function namespaceIdOf(
  { namespaceId, namespaceRef }: InNamespace,
  { ids }: Resolved,
): number | undefined {
  if (namespaceRef === undefined) return namespaceId;
  const id = ids.get(`${KIND}/${namespaceRef.name}`);
  return id === undefined ? undefined : Number(id);
}
