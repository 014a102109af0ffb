import type { ContractChanges } from "./contract-changes.ts";
import {
  changeAt,
  changeEach,
  isTree,
  type Json,
  type Tree,
  treeAt,
} from "../simulator/json-tree.ts";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "./page.ts";
import type { Catalogue, Section } from "./settings.ts";

const SCHEMAS = ["components", "schemas"];
const OK_SCHEMA = ["responses", "200", "content", "application/json", "schema"];

/** What a description calls the lists of names, and where requests use them. */
const NAMES = [
  { field: "container_type", schema: "ContainerType", list: "containerTypes" },
  { field: "gpu_type", schema: "GpuType", list: "gpuTypes" },
  { field: "tariff_type", schema: "TariffType", list: "tariffTypes" },
  { field: "storage_type", schema: "StorageType", list: "storageTypes" },
] as const;
const NAMING_SCHEMAS = new Set(["InstanceCreate", "InstanceResourcesPatch", "StorageCreate"]);

export function withoutSections(document: Tree, sections: readonly Section[]): Tree {
  const gone = new Set(sections.map((section) => `v1-${section}`));
  const isGone = (tag: Json | undefined): boolean => typeof tag === "string" && gone.has(tag);
  const paths = Object.entries(treeAt(document, "paths")).filter(
    ([, operations]) => !tagsOf(operations).some(isGone),
  );
  const { tags } = document;
  return {
    ...document,
    ...(Array.isArray(tags)
      ? { tags: tags.filter((tag: Json) => !isTree(tag) || !isGone(tag["name"])) }
      : {}),
    paths: Object.fromEntries(paths),
  };
}

function tagsOf(operations: Json): readonly Json[] {
  const all = isTree(operations) ? Object.values(operations).filter(isTree) : [];
  return all.flatMap(({ tags }) => (Array.isArray(tags) ? tags : []));
}

/** Requests only: what was made under a name that is no longer there still bears it in an answer. */
export function withNames(
  document: Tree,
  catalogue: Catalogue,
  how: NonNullable<ContractChanges["names"]>,
): Tree {
  const lists = new Map<string, { schema: string; values: Tree; used: Tree }>(
    NAMES.map(({ field, schema, list }) => {
      const values = { type: "string", enum: catalogue[list] };
      const reference = { $ref: `#/components/schemas/${schema}` };
      return [field, { schema, values, used: how === "inline" ? values : reference }];
    }),
  );
  const components =
    how === "inline" ? [] : [...lists.values()].map(({ schema, values }) => [schema, values]);
  return changeAt(document, SCHEMAS, (schemas) => ({
    ...changeEach(schemas, (schema, name) =>
      NAMING_SCHEMAS.has(name)
        ? changeAt(schema, ["properties"], (properties) =>
            changeEach(properties, (property, field) => lists.get(field)?.used ?? property),
          )
        : schema,
    ),
    ...Object.fromEntries(components),
  }));
}

export function withRequired(
  document: Tree,
  required: NonNullable<ContractChanges["required"]>,
): Tree {
  return Object.entries(required).reduce(
    (edited, [name, fields]) =>
      changeAt(edited, [...SCHEMAS, name], (schema) => {
        const added = Object.fromEntries(fields.map((field) => [field, { type: "string" }]));
        const properties = { ...added, ...treeAt(schema, "properties") };
        return { ...schema, required: fields, properties };
      }),
    document,
  );
}

export function withRenamed(
  document: Tree,
  renamed: NonNullable<ContractChanges["renamed"]>,
): Tree {
  return Object.entries(renamed).reduce((edited, [name, names]) => {
    const live = (field: Json): Json =>
      typeof field === "string" ? (names[field] ?? field) : field;
    return changeAt(edited, [...SCHEMAS, name], (schema) => {
      const { required } = schema;
      const properties = Object.entries(treeAt(schema, "properties"));
      return {
        ...schema,
        properties: Object.fromEntries(properties.map(([field, is]) => [live(field), is])),
        ...(Array.isArray(required) ? { required: required.map(live) } : {}),
      };
    });
  }, document);
}

export function withPages(document: Tree, { size }: NonNullable<ContractChanges["pages"]>): Tree {
  const integer = { type: "integer", minimum: 1 };
  const sizes = { ...integer, maximum: MAX_PAGE_SIZE, default: size ?? DEFAULT_PAGE_SIZE };
  const parameters = [
    { name: "page", in: "query", required: false, schema: { ...integer, default: 1 } },
    { name: "size", in: "query", required: false, schema: sizes },
  ];
  return changeAt(document, ["paths"], (paths) =>
    changeEach(paths, (operations) => {
      const { get } = operations;
      if (!isTree(get) || treeAt(get, ...OK_SCHEMA)["type"] !== "array") return operations;
      return { ...operations, get: { ...changeAt(get, OK_SCHEMA, pageOf), parameters } };
    }),
  );
}

function pageOf(list: Tree): Tree {
  const count = { type: "integer", minimum: 0 };
  return {
    type: "object",
    required: ["items", "total", "page", "size", "pages"],
    properties: {
      items: list,
      total: count,
      page: count,
      size: count,
      pages: count,
      next: { type: "string", nullable: true },
    },
  };
}
