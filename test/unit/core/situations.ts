import type { Fields } from "../../../src/core/diff.ts";
import { labelWithMarker } from "../../../src/core/marker.ts";
import type { Observation, RemoteThing } from "../../../src/core/observation.ts";
import type { Resource } from "../../../src/core/resource.ts";
import type { KindRules, Situation } from "../../../src/core/situation.ts";

export const MARKER = "k8s-aaaaaaaaaaaa";
export const FOREIGN_MARKER = "k8s-bbbbbbbbbbbb";
export const NOW_MS = 1_000_000;
export const TIMING = { activeMs: 3_000, restMs: 30_000, quietMs: 45_000 };

export const KIND: KindRules = {
  fields: [
    {
      field: "power",
      path: "spec.power",
      change: "free",
      operationFor: (power) => (power === "Off" ? "powerOff" : "powerOn"),
    },
    { field: "size", path: "spec.size", change: "grow", operationFor: () => "resources" },
    { field: "type", path: "spec.type", change: "fixed", operationFor: () => "" },
  ],
  operations: ["powerOff", "resources", "powerOn"],
  savingOperations: ["powerOff"],
};

export const DESIRED: Fields = { power: "On", size: 4, type: "pytorch" };

export function resource(changes: Partial<Resource> = {}): Resource {
  return {
    kind: "HpcInstance",
    namespace: "default",
    name: "train",
    uid: "uid-1",
    generation: 1,
    marker: MARKER,
    isPaused: false,
    isFromTheFuture: false,
    isDeleting: false,
    hasFinalizer: true,
    otherFinalizers: [],
    deletionPolicy: "Delete",
    isProtected: false,
    managementPolicy: "Full",
    recreatePolicy: "Always",
    conditions: [],
    ...changes,
  };
}

export function thing(id: string, changes: Partial<RemoteThing> = {}): RemoteThing {
  return {
    id,
    label: labelWithMarker("default/train", MARKER, 255),
    state: "on",
    phase: "settled",
    headline: { reason: "Available", message: "running" },
    usedBy: [],
    fields: DESIRED,
    status: { state: "on" },
    ...changes,
  };
}

export function sees(...marked: RemoteThing[]): Observation {
  const [named] = marked;
  return {
    lookedAtMs: NOW_MS,
    marked,
    credential: "first",
    isNamedListed: true,
    isNamedGone: named === undefined,
    ...(named === undefined ? {} : { named }),
  };
}

export const SEES_NOTHING: Observation = {
  lookedAtMs: NOW_MS,
  marked: [],
  credential: "first",
  isNamedListed: true,
  isNamedGone: true,
};

export function situation(changes: Partial<Situation> = {}): Situation {
  return {
    resource: resource(),
    wish: { fields: DESIRED, users: [] },
    kind: KIND,
    memory: {},
    timing: TIMING,
    ...changes,
  };
}
