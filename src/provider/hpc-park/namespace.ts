import type { HpcNamespaceSpec } from "../../api/hpc-namespace.ts";
import { HPC_PARK_GROUP } from "../../api/metadata.ts";
import { labelWithoutMarker } from "../../core/marker.ts";
import type { RemoteThing } from "../../core/observation.ts";
import { ProviderError } from "../errors.ts";
import type { HttpClient } from "../http.ts";
import type { KindPort, RemoteKind } from "../port.ts";
import type { Answer } from "../answer.ts";
import type { Contract } from "./contract-watch.ts";
import { remoteCollection } from "./remote-collection.ts";
import { NAMESPACE_NEEDS } from "./terms.ts";

/** The contract gives none; that of the other sections. */
const MAX_LABEL_LENGTH = 255;

/** What instances and storages are made in; HPC Park's panel calls it a network. It has a label and nothing that could change. */
export const namespaceKind: KindPort<HpcNamespaceSpec> = {
  kind: "HpcNamespace",
  group: HPC_PARK_GROUP,
  version: "v1alpha1",
  plural: "hpcnamespaces",
  maxLabelLength: MAX_LABEL_LENGTH,
  ownLabel: ({ label }) => label,
  rules: { fields: [], operations: [], savingOperations: [] },
  references: () => [],
  secrets: () => [],
  fields: () => ({}),
  createBody: (_spec, label) => ({ label }),
  statusId: Number,
};

/** @param dwellings What may be in a namespace, by the word for it. */
export function remoteNamespaces(
  http: HttpClient,
  contract: Contract,
  dwellings: Readonly<Record<string, RemoteKind>>,
): RemoteKind {
  const collection = remoteCollection(http, contract, {
    noun: "namespace",
    needs: NAMESPACE_NEEDS,
    read: readNamespace,
    change: () => Promise.reject(new TypeError("nothing of a namespace can be changed")),
  });
  return {
    get credential() {
      return collection.credential;
    },
    get terms() {
      return collection.terms;
    },
    list: (signal) => collection.list(signal),
    get: (id, signal) => collection.get(id, signal),
    create: (body, write) => collection.create(body, write),
    change: (...change) => collection.change(...change),
    // That HPC Park refuses to delete what is not empty is only assumed; were it wrong, whatever is in it would go too.
    remove: async (id, write) => {
      await requireEmpty(id, dwellings, write.signal);
      return collection.remove(id, write);
    },
  };
}

async function requireEmpty(
  id: string,
  dwellings: Readonly<Record<string, RemoteKind>>,
  signal: AbortSignal,
): Promise<void> {
  const inside: string[] = [];
  for (const [noun, remote] of Object.entries(dwellings)) {
    const things = await remote.list(signal);
    inside.push(
      ...things
        .filter(({ fields }) => String(fields["namespaceId"]) === id)
        .map((thing) => `${noun} ${thing.id}`),
    );
  }
  if (inside.length === 0) return;
  throw new ProviderError(
    "conflict",
    `namespace ${id} is not deleted while ${inside.join(", ")} is in it`,
  );
}

function readNamespace(answer: Answer): RemoteThing {
  const label = answer.required("label");
  return {
    id: answer.id,
    label,
    // It has no states: what is listed is there.
    state: "ready",
    phase: "settled",
    headline: { reason: "Available", message: "instances and storages can be made in it" },
    usedBy: [],
    fields: {},
    status: { label: labelWithoutMarker(label), createdAt: answer.text("created_at") },
  };
}
