import { Type, type Static } from "typebox";
import {
  fixedAccount,
  immutableField,
  immutableOptionalField,
  labelRules,
  oneNamespaceRule,
} from "./cel-rules.ts";
import type { CustomResource } from "./custom-resource.ts";
import type { KindDefinition } from "./kind.ts";
import { HPC_PARK_GROUP } from "./metadata.ts";
import { instanceColumns } from "./printer-columns.ts";
import {
  catalogueName,
  identityFields,
  namespaceFields,
  objectName,
  policyFields,
  remoteId,
} from "./spec-fields.ts";
import { sshRules, sshSchema } from "./ssh-access.ts";
import {
  chargeFields,
  reportFields,
  statusIds,
  statusInteger,
  statusText,
} from "./status-fields.ts";

/** No instance of HPC Park comes near; the bounds keep a typing error from becoming a bill and the rules cheap. */
const MAX_GPU_COUNT = 1024;
const MAX_STORAGES = 64;

const { label, accountRef, adopt } = identityFields("instance");

const SpecSchema = Type.Object(
  {
    label,
    containerType: catalogueName(
      "What runs in the container, by the name that HPC Park's catalogue gives it, such as pytorch. Cannot be changed.",
    ),
    gpuType: catalogueName(
      "GPU model by the name that HPC Park's catalogue gives it, such as A100. May be changed.",
    ),
    gpuCount: Type.Integer({
      format: "int32",
      minimum: 0,
      maximum: MAX_GPU_COUNT,
      description: "How many GPUs of that model. 0 runs without any. May be changed.",
    }),
    tariffType: catalogueName(
      "How the instance is billed, by the name that HPC Park's catalogue gives it, such as hourly. Cannot be changed.",
    ),
    ...namespaceFields("instance"),
    accountRef,
    storageRefs: Type.Optional(
      Type.Array(
        Type.Object(
          { name: objectName("Name of the HpcStorage.") },
          { description: "One HpcStorage in the namespace of this object." },
        ),
        {
          maxItems: MAX_STORAGES,
          description:
            "HpcStorage objects to mount. The instance is not created before each of them is Ready, and none of them is deleted " +
            "while it is named here.",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["name"],
        },
      ),
    ),
    storageIds: Type.Optional(
      Type.Array(remoteId("Id of a storage as the HPC Park panel shows it."), {
        maxItems: MAX_STORAGES,
        description:
          "Storages to mount that no HpcStorage describes, by their id in HPC Park. May stand beside storageRefs.",
        "x-kubernetes-list-type": "set",
      }),
    ),
    ssh: Type.Optional(sshSchema),
    power: Type.Enum(["On", "Off"], {
      default: "On",
      description:
        "Off stops the instance and keeps it; what HPC Park bills for a stopped instance is up to its tariff. Write it in quotes: " +
        "YAML reads a bare On or Off as true or false.",
    }),
    ...policyFields("instance", {
      default: "Always",
      description:
        "What happens when the instance vanishes without the operator's doing. Always makes it again; Never reports it as lost " +
        "and waits for a person.",
    }),
    adopt,
  },
  { description: "The instance as it shall be. The operator never writes here." },
);

const StatusSchema = Type.Object(
  {
    ...reportFields("instance"),
    ...chargeFields("instance"),
    state: statusText(
      "HPC Park's word for what the instance does: creating, on, off, starting, stopping, updating, …",
    ),
    power: Type.Optional(
      Type.Enum(["On", "Off"], {
        description: "Whether it runs. Left out while it is on the way from one to the other.",
      }),
    ),
    gpuType: statusText("GPU model that the instance has."),
    gpuCount: statusInteger("How many GPUs the instance has."),
    gpu: statusText("gpuCount and gpuType in one, such as 4×A100."),
    storageIds: statusIds("Ids of the storages that are mounted."),
    host: statusText("Public host name."),
    ports: Type.Optional(
      Type.Array(
        Type.Object(
          {
            internal: statusInteger("Port inside the container."),
            external: statusInteger("Port on the public host."),
            protocol: statusText("tcp or udp."),
          },
          { description: "One port of the container." },
        ),
        { maxItems: 1024, description: "Where the ports of the container can be reached." },
      ),
    ),
    sshCommand: statusText(
      "What to type to log in, such as ssh -p 31022 root@host. Left out where port 22 is not open.",
    ),
  },
  { description: "The instance as the operator last saw it." },
);

export type HpcInstanceSpec = Readonly<Static<typeof SpecSchema>>;
export type HpcInstanceStatus = Readonly<Static<typeof StatusSchema>>;
export type HpcInstance = CustomResource<HpcInstanceSpec, HpcInstanceStatus>;

const fixedAtCreation = {
  why: "HPC Park fixes it when the instance is created",
  fix: "Set it back, or delete this HpcInstance and create a new one.",
};

export const hpcInstanceKind: KindDefinition = {
  group: HPC_PARK_GROUP,
  version: "v1alpha1",
  kind: "HpcInstance",
  plural: "hpcinstances",
  singular: "hpcinstance",
  shortNames: ["hpci"],
  categories: ["hpc"],
  description: "A GPU container on HPC Park.",
  spec: SpecSchema,
  status: StatusSchema,
  rules: [
    immutableOptionalField("label", fixedAtCreation),
    immutableField("containerType", fixedAtCreation),
    immutableField("tariffType", fixedAtCreation),
    immutableOptionalField("namespaceId", fixedAtCreation),
    immutableOptionalField("namespaceRef", fixedAtCreation),
    fixedAccount("HpcInstance"),
    immutableOptionalField("ssh", fixedAtCreation),
    immutableOptionalField("adopt", {
      why: "it says which instance this object stands for",
      fix: "Set it back, or delete this HpcInstance (with deletionPolicy Retain to keep what runs) and create a new one.",
    }),
    ...labelRules,
    oneNamespaceRule,
    ...sshRules,
  ],
  printerColumns: instanceColumns,
};
