import type { ResourceMetadata } from "../api/custom-resource.ts";

/** Raw JSON as the API server sends it; unknown fields are kept. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ResourceMetadata;
}

/** A namespaced kind; group "" is the core group. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}

/** The name under which caches and workqueues know an object. */
export function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** The path of a collection; of one object where `name` is given. */
export function pathOf(type: ResourceType, namespace: string | undefined, name?: string): string {
  const root = type.group === "" ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const scope = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const tail = name === undefined ? "" : `/${encodeURIComponent(name)}`;
  return `${root}${scope}/${type.plural}${tail}`;
}
