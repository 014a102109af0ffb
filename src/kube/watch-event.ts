import { errorOfStatus, KubeError } from "./errors.ts";
import type { KubeObject } from "./kube-object.ts";

export interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: T;
}

const TYPES: ReadonlySet<unknown> = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]);

/**
 * One line of a watch.
 *
 * @throws a KubeError for an ERROR event, whose object is a Status, and for a line that is no event. It does not quote the line.
 */
export function parseWatchEvent<T extends KubeObject>(kind: string, line: string): WatchEvent<T> {
  const { type, object } = fieldsOf(kind, line);
  if (type === "ERROR") throw errorOfStatus(`watch ${kind}`, codeOf(object), object, undefined);
  if (!TYPES.has(type) || !hasVersion(object)) {
    throw new KubeError("unavailable", `watch ${kind}: a line is no event`);
  }
  // The API server's own schema is the check of what is inside.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { type, object } as WatchEvent<T>;
}

function fieldsOf(kind: string, line: string): { type?: unknown; object?: unknown } {
  try {
    return Object(JSON.parse(line));
  } catch {
    throw new KubeError("unavailable", `watch ${kind}: a line is no JSON`);
  }
}

function hasVersion(object: unknown): boolean {
  const { metadata }: { metadata?: { resourceVersion?: unknown } } = Object(object);
  return typeof metadata?.resourceVersion === "string" && metadata.resourceVersion !== "";
}

function codeOf(status: unknown): number {
  const { code }: { code?: unknown } = Object(status);
  return typeof code === "number" ? code : 500;
}
