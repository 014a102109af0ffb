import { HPC_PARK_GROUP, metadataKeys } from "../../src/api/metadata.ts";
import { markerFor } from "../../src/core/marker.ts";
import { NAMESPACE } from "./model-cluster.ts";

export const KEYS = metadataKeys(HPC_PARK_GROUP);
export const { finalizer: FINALIZER, create: JOURNAL, paused: PAUSED } = KEYS;
export const OWNER_ID = "model";
export const KIND = "HpcInstance";

/** The resources of a lifecycle: two that are made, one that adopts a stranger. */
export const NAMES = ["a", "b", "adopter"] as const;
export type Name = (typeof NAMES)[number];

const MARKERS: ReadonlyMap<string, string> = new Map(
  NAMES.map((name) => [
    name,
    markerFor({ ownerId: OWNER_ID, kind: KIND, namespace: NAMESPACE, name }),
  ]),
);
const OWNERS: ReadonlyMap<string, Name> = new Map(NAMES.map((name) => [markerOfName(name), name]));

export function markerOfName(name: string): string {
  return MARKERS.get(name) ?? "";
}

export function nameOfMarker(marker: string): Name | undefined {
  return OWNERS.get(marker);
}
