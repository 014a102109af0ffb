import type { KindDefinition, PrinterColumn } from "./kind.ts";
import { toStructural, type StructuralSchema } from "./structural.ts";

export interface CustomResourceDefinition {
  readonly apiVersion: "apiextensions.k8s.io/v1";
  readonly kind: "CustomResourceDefinition";
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * What a resource says before the operator has looked at it. Whoever reads status by the rules of kstatus, as Flux does, takes a resource
 * without any for one that is done; a generation that is not its own tells that it is not.
 */
const UNSEEN = { observedGeneration: -1 };

/** The CRD of a kind: one namespaced version with a status subresource. */
export function customResourceDefinition(kind: KindDefinition): CustomResourceDefinition {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.plural}.${kind.group}` },
    spec: {
      group: kind.group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.singular,
        shortNames: kind.shortNames,
        categories: kind.categories,
      },
      scope: "Namespaced",
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: kind.printerColumns.map(printerColumn),
          schema: { openAPIV3Schema: objectSchema(kind) },
        },
      ],
    },
  };
}

function objectSchema({ description, spec, status, rules }: KindDefinition): StructuralSchema {
  const text = (words: string) => ({ type: "string", description: words });
  return {
    type: "object",
    description,
    required: ["spec"],
    properties: {
      apiVersion: text("Group and version of this kind."),
      kind: text("Name of this kind."),
      metadata: { type: "object" },
      spec: {
        ...toStructural(spec, "spec"),
        ...(rules.length === 0 ? {} : { "x-kubernetes-validations": rules }),
      },
      status: { ...toStructural(status, "status"), default: UNSEEN },
    },
  };
}

function printerColumn({
  name,
  type,
  jsonPath,
  description,
  isWide,
}: PrinterColumn): Record<string, unknown> {
  return { name, type, jsonPath, description, ...(isWide ? { priority: 1 } : {}) };
}
