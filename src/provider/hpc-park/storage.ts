import type { HpcStorageSpec } from "../../api/hpc-storage.ts";
import { HPC_PARK_GROUP } from "../../api/metadata.ts";
import { labelWithoutMarker } from "../../core/marker.ts";
import type { Phase, RemoteThing } from "../../core/observation.ts";
import type { HttpClient } from "../http.ts";
import type { KindPort, RemoteKind } from "../port.ts";
import type { Answer } from "../answer.ts";
import { type Contract, UNDESCRIBED } from "./contract-watch.ts";
import { commonHeadline, type Headline } from "./headline.ts";
import { namespaceIdOf, namespaceReferences } from "./namespace-of-spec.ts";
import { remoteCollection } from "./remote-collection.ts";
import { STORAGE_NEEDS } from "./terms.ts";

/** The contract's `label` maximum. */
const MAX_LABEL_LENGTH = 255;

/** A volume that instances mount. It may grow, never shrink. */
export const storageKind: KindPort<HpcStorageSpec> = {
  kind: "HpcStorage",
  group: HPC_PARK_GROUP,
  version: "v1alpha1",
  plural: "hpcstorages",
  maxLabelLength: MAX_LABEL_LENGTH,
  ownLabel: ({ label }) => label,
  rules: {
    fields: [
      { field: "sizeGb", path: "spec.sizeGb", change: "grow", operationFor: () => "resources" },
      { field: "storageType", path: "spec.storageType", change: "fixed", operationFor: () => "" },
      { field: "namespaceId", path: "spec.namespaceId", change: "fixed", operationFor: () => "" },
    ],
    operations: ["resources"],
    savingOperations: [],
  },
  references: namespaceReferences,
  secrets: () => [],
  fields: (spec, resolved) => {
    const namespaceId = namespaceIdOf(spec, resolved);
    return {
      sizeGb: spec.sizeGb,
      storageType: spec.storageType,
      ...(namespaceId === undefined ? {} : { namespaceId }),
    };
  },
  createBody: (spec, label, resolved) => ({
    label,
    storage_type: spec.storageType,
    size_gb: spec.sizeGb,
    namespace_id: namespaceIdOf(spec, resolved) ?? null,
  }),
  statusId: Number,
};

const RESOURCES_PATH = "/v1/storage/{id}/resources/";

export function remoteStorages(http: HttpClient, contract: Contract = UNDESCRIBED): RemoteKind {
  return remoteCollection(http, contract, {
    noun: "storage",
    needs: STORAGE_NEEDS,
    read: readStorage,
    change: async (id, _operation, fields, pathOf) => ({
      path: pathOf("PATCH", RESOURCES_PATH).replace("{id}", id),
      json: { size_gb: fields["sizeGb"] },
      lane: "update",
    }),
  });
}

const PHASES: ReadonlyMap<string, Phase> = new Map([
  ["creating", "busy"],
  ["updating", "busy"],
  ["ready", "settled"],
  ["deleting", "deleting"],
  ["error", "failed"],
]);

function readStorage(answer: Answer): RemoteThing {
  const state = answer.required("state");
  const label = answer.required("label");
  const instanceIds = answer.integers("instance_ids");
  const sizeGb = answer.integer("size_gb");
  const storageType = answer.text("storage_type");
  return {
    id: answer.id,
    label,
    state,
    phase: PHASES.get(state) ?? "unknown",
    headline: headlineOf(state, answer),
    usedBy: (instanceIds ?? []).map((id) => `instance ${id}`),
    fields: { sizeGb, storageType, namespaceId: answer.nullableInteger("namespace_id") },
    status: {
      label: labelWithoutMarker(label),
      state,
      storageType,
      sizeGb,
      instanceIds,
      createdAt: answer.text("created_at"),
    },
  };
}

function headlineOf(state: string, answer: Answer): Headline {
  switch (state) {
    case "ready":
      return {
        reason: "Available",
        message: `${answer.integer("size_gb") ?? "?"} GB, ready to be mounted`,
      };
    case "updating":
      return { reason: "Updating", message: "HPC Park is growing it" };
    default:
      return commonHeadline(state, answer);
  }
}
