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
import { storageColumns } from "./printer-columns.ts";
import { catalogueName, identityFields, namespaceFields, policyFields } from "./spec-fields.ts";
import {
  chargeFields,
  reportFields,
  statusIds,
  statusInteger,
  statusText,
} from "./status-fields.ts";

/** One PB: more is a typing error. */
const MAX_SIZE_GB = 1_048_576;

const { label, accountRef, adopt } = identityFields("storage");

const SpecSchema = Type.Object(
  {
    label,
    storageType: catalogueName(
      "Kind of disk by the name that HPC Park's catalogue gives it, such as ssd. Cannot be changed.",
    ),
    sizeGb: Type.Integer({
      format: "int32",
      minimum: 1,
      maximum: MAX_SIZE_GB,
      description: "Size in GB. It may grow at any time and never shrinks.",
    }),
    ...namespaceFields("storage"),
    accountRef,
    ...policyFields("storage", {
      default: "Never",
      description:
        "What happens when the storage vanishes without the operator's doing. Never reports it as lost and waits for a person, for " +
        "its data are gone; Always makes a new and empty one.",
    }),
    adopt,
  },
  { description: "The storage as it shall be. The operator never writes here." },
);

const StatusSchema = Type.Object(
  {
    ...reportFields("storage"),
    ...chargeFields("storage"),
    state: statusText(
      "HPC Park's word for what the storage does: creating, ready, updating, deleting, error.",
    ),
    storageType: statusText("Kind of disk that the storage is."),
    sizeGb: statusInteger("Size in GB that the storage has."),
    instanceIds: statusIds(
      "Ids of the instances that mount it. It is not deleted while there are any.",
    ),
  },
  { description: "The storage as the operator last saw it." },
);

export type HpcStorageSpec = Readonly<Static<typeof SpecSchema>>;
export type HpcStorageStatus = Readonly<Static<typeof StatusSchema>>;
export type HpcStorage = CustomResource<HpcStorageSpec, HpcStorageStatus>;

const fixedAtCreation = {
  why: "HPC Park fixes it when the storage is created",
  fix: "Set it back, or create another HpcStorage and move the data.",
};

export const hpcStorageKind: KindDefinition = {
  group: HPC_PARK_GROUP,
  version: "v1alpha1",
  kind: "HpcStorage",
  plural: "hpcstorages",
  singular: "hpcstorage",
  shortNames: ["hpcs"],
  categories: ["hpc"],
  description: "A storage on HPC Park that instances mount.",
  spec: SpecSchema,
  status: StatusSchema,
  rules: [
    immutableOptionalField("label", fixedAtCreation),
    immutableField("storageType", fixedAtCreation),
    fixedAccount("HpcStorage"),
    immutableOptionalField("namespaceId", fixedAtCreation),
    immutableOptionalField("namespaceRef", fixedAtCreation),
    immutableOptionalField("adopt", {
      why: "it says which storage this object stands for",
      fix: "Set it back, or delete this HpcStorage (with deletionPolicy Retain to keep the data) and create a new one.",
    }),
    {
      rule: "self.sizeGb >= oldSelf.sizeGb",
      message:
        "sizeGb cannot be made smaller: a storage on HPC Park only grows. Set it back to what it was, or higher.",
      fieldPath: ".sizeGb",
    },
    ...labelRules,
    oneNamespaceRule,
  ],
  printerColumns: storageColumns,
};
