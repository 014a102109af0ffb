import type { HttpClient } from "../http.ts";

/** The operations that the operator uses, as the contract writes them. */
const USED_OPERATIONS: readonly (readonly [method: string, path: string])[] = [
  ["get", "/v1/instance"],
  ["post", "/v1/instance"],
  ["get", "/v1/instance/{id}"],
  ["delete", "/v1/instance/{id}"],
  ["patch", "/v1/instance/{id}/resources/"],
  ["patch", "/v1/instance/{id}/state/"],
  ["get", "/v1/storage"],
  ["post", "/v1/storage"],
  ["get", "/v1/storage/{id}"],
  ["delete", "/v1/storage/{id}"],
  ["patch", "/v1/storage/{id}/resources/"],
  ["get", "/v1/namespace"],
  ["post", "/v1/namespace"],
  ["get", "/v1/namespace/{id}"],
  ["delete", "/v1/namespace/{id}"],
  ["get", "/v1/token"],
  ["post", "/v1/token"],
  ["delete", "/v1/token/{id}"],
];

/** The instruction prints the state path without the slash before the id; the live description decides. */
const STATE_PATHS = ["/v1/instance/{id}/state/", "/v1/instance{id}/state/"] as const;

export interface LiveDescription {
  /** The state path as the service has it, with `{id}` in it. */
  readonly statePath: string;
  /** What the service does not describe although the operator uses it; each as `PATCH /v1/…`. */
  readonly missing: readonly string[];
}

/** What is assumed as long as the service says nothing of itself. */
export const AS_DOCUMENTED: LiveDescription = { statePath: STATE_PATHS[0], missing: [] };

/** Reads `/openapi.json`. Parameter names do not matter, nor does a slash at the end. */
export function readDescription(document: unknown): LiveDescription {
  const described = new Map(
    Object.entries(objectAt(document, "paths")).map(([path, methods]) => [shapeOf(path), methods]),
  );
  const has = (method: string, path: string): boolean =>
    method in objectOf(described.get(shapeOf(path)));
  const statePath = STATE_PATHS.find((path) => has("patch", path)) ?? STATE_PATHS[0];
  const missing = USED_OPERATIONS.filter(([method, path]) =>
    path === STATE_PATHS[0] ? !has(method, statePath) : !has(method, path),
  );
  return { statePath, missing: missing.map(([method, path]) => `${method.toUpperCase()} ${path}`) };
}

export async function fetchDescription(
  http: HttpClient,
  signal: AbortSignal,
): Promise<LiveDescription> {
  const request = {
    method: "GET",
    path: "/openapi.json",
    operation: "read description",
    lane: "observe",
  } as const;
  return readDescription(await http.request(request, signal));
}

function shapeOf(path: string): string {
  return path.replaceAll(/\{[^{}]*\}/g, "{}").replace(/\/$/, "");
}

function objectAt(value: unknown, key: string): Record<string, unknown> {
  return objectOf(objectOf(value)[key]);
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
