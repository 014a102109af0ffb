import { Type, type Static } from "typebox";
import { fixedAccount, immutableOptionalField, labelRules } from "./cel-rules.ts";
import type { CustomResource } from "./custom-resource.ts";
import type { KindDefinition } from "./kind.ts";
import { HPC_PARK_GROUP } from "./metadata.ts";
import { namespaceColumns } from "./printer-columns.ts";
import { identityFields, policyFields } from "./spec-fields.ts";
import { reportFields } from "./status-fields.ts";

const SpecSchema = Type.Object(
  {
    ...identityFields("namespace"),
    ...policyFields("namespace", {
      default: "Always",
      description:
        "What happens when the namespace vanishes without the operator's doing. Always makes it again; Never reports it as lost " +
        "and waits for a person.",
    }),
  },
  { description: "The namespace as it shall be. The operator never writes here." },
);

const StatusSchema = Type.Object(reportFields("namespace"), {
  description: "The namespace as the operator last saw it.",
});

export type HpcNamespaceSpec = Readonly<Static<typeof SpecSchema>>;
export type HpcNamespaceStatus = Readonly<Static<typeof StatusSchema>>;
export type HpcNamespace = CustomResource<HpcNamespaceSpec, HpcNamespaceStatus>;

export const hpcNamespaceKind: KindDefinition = {
  group: HPC_PARK_GROUP,
  version: "v1alpha1",
  kind: "HpcNamespace",
  plural: "hpcnamespaces",
  singular: "hpcnamespace",
  shortNames: ["hpcn"],
  categories: ["hpc"],
  description:
    "A namespace on HPC Park, which its panel calls a network: instances and storages are made in it. It is no Kubernetes namespace.",
  spec: SpecSchema,
  status: StatusSchema,
  rules: [
    immutableOptionalField("label", {
      why: "HPC Park fixes it when the namespace is created",
      fix: "Set it back, or delete this HpcNamespace and create a new one.",
    }),
    fixedAccount("HpcNamespace"),
    immutableOptionalField("adopt", {
      why: "it says which namespace this object stands for",
      fix: "Set it back, or delete this HpcNamespace (with deletionPolicy Retain to keep the namespace) and create a new one.",
    }),
    ...labelRules,
  ],
  printerColumns: namespaceColumns,
};
