import type { HpcInstanceSpec } from "../../api/hpc-instance.ts";
import { HPC_PARK_GROUP } from "../../api/metadata.ts";
import type { FieldRule, Fields } from "../../core/diff.ts";
import { labelWithoutMarker } from "../../core/marker.ts";
import type { Phase, RemoteThing } from "../../core/observation.ts";
import type { KindPort, RemoteKind, Resolved } from "../port.ts";
import type { HttpClient } from "../http.ts";
import type { Answer } from "../answer.ts";
import { type Contract, UNDESCRIBED } from "./contract-watch.ts";
import { commonHeadline, type Headline } from "./headline.ts";
import { namespaceIdOf, namespaceReferences } from "./namespace-of-spec.ts";
import { remoteCollection } from "./remote-collection.ts";
import { INSTANCE_NEEDS } from "./terms.ts";

/** The contract's `label` maximum. */
const MAX_LABEL_LENGTH = 255;
const SSH_PORT = 22;

const fixed = (field: string): FieldRule => ({
  field,
  path: `spec.${field}`,
  change: "fixed",
  operationFor: () => "",
});
const resource = (field: string): FieldRule => ({
  field,
  path: `spec.${field}`,
  change: "free",
  operationFor: () => "resources",
});

/** A GPU container: what its spec means in the nine fields of a create request and in the two PATCH requests. */
export const instanceKind: KindPort<HpcInstanceSpec> = {
  kind: "HpcInstance",
  group: HPC_PARK_GROUP,
  version: "v1alpha1",
  plural: "hpcinstances",
  maxLabelLength: MAX_LABEL_LENGTH,
  ownLabel: ({ label }) => label,
  rules: {
    fields: [
      {
        field: "power",
        path: "spec.power",
        change: "free",
        operationFor: (power) => (power === "Off" ? "powerOff" : "powerOn"),
      },
      resource("gpuType"),
      resource("gpuCount"),
      resource("storageIds"),
      fixed("containerType"),
      fixed("tariffType"),
      fixed("namespaceId"),
    ],
    // Off first: it saves money at once. On last: it then starts with the resources that are wanted.
    operations: ["powerOff", "resources", "powerOn"],
    savingOperations: ["powerOff"],
  },
  references: (spec) => [
    ...namespaceReferences(spec),
    ...(spec.storageRefs ?? []).map(({ name }) => ({
      kind: "HpcStorage",
      name,
      path: "spec.storageRefs",
    })),
  ],
  secrets: ({ ssh }) =>
    ssh?.keySecretRef === undefined
      ? []
      : [{ ...ssh.keySecretRef, path: "spec.ssh.keySecretRef", mustBe: PUBLIC_KEY }],
  fields: (spec, resolved) => {
    const storageIds = storageIdsOf(spec, resolved);
    const namespaceId = namespaceIdOf(spec, resolved);
    return {
      power: spec.power,
      gpuType: spec.gpuType,
      gpuCount: spec.gpuCount,
      ...(storageIds === undefined ? {} : { storageIds }),
      containerType: spec.containerType,
      tariffType: spec.tariffType,
      ...(namespaceId === undefined ? {} : { namespaceId }),
    };
  },
  createBody: (spec, label, resolved) => ({
    label,
    container_type: spec.containerType,
    namespace_id: namespaceIdOf(spec, resolved) ?? null,
    gpu_type: spec.gpuType,
    gpu_count: spec.gpuCount,
    storage_ids: storageIdsOf(spec, resolved) ?? [],
    ssh_support: spec.ssh?.enabled ?? false,
    ssh_key: sshKeyOf(spec, resolved),
    tariff_type: spec.tariffType,
  }),
  savesMoney: ({ power }) => power === "Off",
  statusId: Number,
};

/** One authorized_keys line, as the rules for spec.ssh.key have it; never a private key, nor another secret of the namespace. */
const PUBLIC_KEY = {
  pattern: /^(?!.*PRIVATE KEY)(?:ssh|ecdsa|sk)-\S+ +\S[^\r\n]*$/,
  called: "public SSH key, one line such as 'ssh-ed25519 AAAA... you@host'",
};

export interface InstanceApi {
  readonly http: HttpClient;
  /** Where an instance is switched on and off: the live description decides between two forms. */
  readonly statePath: (id: string) => Promise<string>;
  readonly contract?: Contract;
}

const RESOURCES_PATH = "/v1/instance/{id}/resources/";

export function remoteInstances({
  http,
  statePath,
  contract = UNDESCRIBED,
}: InstanceApi): RemoteKind {
  return remoteCollection(http, contract, {
    noun: "instance",
    needs: INSTANCE_NEEDS,
    read: readInstance,
    change: async (id, operation, fields, pathOf) =>
      operation === "resources"
        ? {
            path: pathOf("PATCH", RESOURCES_PATH).replace("{id}", id),
            json: resourcesBody(fields),
            lane: "update",
          }
        : {
            path: await statePath(id),
            json: { state: operation === "powerOff" ? "off" : "on" },
            lane: operation === "powerOff" ? "stop" : "update",
          },
  });
}

const PHASES: ReadonlyMap<string, Phase> = new Map([
  ["creating", "busy"],
  ["starting", "busy"],
  ["stopping", "busy"],
  ["updating", "busy"],
  ["on", "settled"],
  ["off", "settled"],
  ["deleting", "deleting"],
  ["error", "failed"],
]);

function readInstance(answer: Answer): RemoteThing {
  const state = answer.required("state");
  const label = answer.required("label");
  const power = state === "on" ? "On" : state === "off" ? "Off" : undefined;
  const fields: Fields = {
    power,
    gpuType: answer.text("gpu_type"),
    gpuCount: answer.integer("gpu_count"),
    storageIds: answer.integers("storage_ids"),
    containerType: answer.text("container_type"),
    tariffType: answer.text("tariff_type"),
    namespaceId: answer.nullableInteger("namespace_id"),
  };
  return {
    id: answer.id,
    label,
    state,
    phase: PHASES.get(state) ?? "unknown",
    headline: headlineOf(state, answer),
    usedBy: [],
    fields,
    status: { label: labelWithoutMarker(label), state, power, ...mirrored(answer) },
  };
}

function mirrored(answer: Answer): Record<string, unknown> {
  const gpuType = answer.text("gpu_type");
  const gpuCount = answer.integer("gpu_count");
  const host = hostOf(answer);
  const ports = answer.objects("ports").map((port) => ({
    internal: port.integer("internal"),
    external: port.integer("external"),
    protocol: port.text("protocol"),
  }));
  const ssh = ports.find(({ internal }) => internal === SSH_PORT)?.external;
  return {
    gpuType,
    gpuCount,
    gpu: gpuType === undefined || gpuCount === undefined ? undefined : `${gpuCount}×${gpuType}`,
    storageIds: answer.integers("storage_ids"),
    host,
    ports,
    sshCommand: host === undefined || ssh === undefined ? undefined : `ssh -p ${ssh} root@${host}`,
    createdAt: answer.text("created_at"),
  };
}

/** A name or an address. Anything else has no place in a command that people copy. */
function hostOf(answer: Answer): string | undefined {
  const host = answer.text("host");
  return host !== undefined && /^[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}$/.test(host) ? host : undefined;
}

function headlineOf(state: string, answer: Answer): Headline {
  switch (state) {
    case "on":
      return { reason: "Available", message: `running on ${hostOf(answer) ?? "HPC Park"}` };
    case "off":
      return { reason: "PoweredOff", message: "switched off" };
    case "starting":
    case "stopping":
      return { reason: "Switching", message: `HPC Park is ${state} it` };
    case "updating":
      return { reason: "Updating", message: "HPC Park is changing its resources" };
    default:
      return commonHeadline(state, answer);
  }
}

/** Undefined while a storage that the spec refers to has no id yet. */
function storageIdsOf(spec: HpcInstanceSpec, { ids }: Resolved): number[] | undefined {
  const referred = (spec.storageRefs ?? []).map(({ name }) => ids.get(`HpcStorage/${name}`));
  const known = referred.filter((id) => id !== undefined);
  if (known.length < referred.length) return undefined;
  return [...new Set([...known.map(Number), ...(spec.storageIds ?? [])])].toSorted((a, b) => a - b);
}

function sshKeyOf({ ssh }: HpcInstanceSpec, { secrets }: Resolved): string | null {
  if (ssh?.keySecretRef === undefined) return ssh?.key ?? null;
  return secrets.get(`${ssh.keySecretRef.name}/${ssh.keySecretRef.key}`)?.trim() ?? null;
}

function resourcesBody(fields: Fields): Record<string, unknown> {
  return {
    gpu_type: fields["gpuType"],
    gpu_count: fields["gpuCount"],
    storage_ids: fields["storageIds"],
  };
}
