import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export const PROJECT = join(import.meta.dirname, "../../..");

export interface Schema {
  readonly type: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly "x-kubernetes-validations"?: readonly ValidationRule[];
  readonly [keyword: string]: unknown;
}

export interface ValidationRule {
  readonly rule: string;
  readonly message: string;
  readonly fieldPath: string;
}

export interface SpecAndStatus {
  readonly spec: Schema;
  readonly status: Schema;
}

export const KINDS = [
  "HpcAccount",
  "HpcInstance",
  "HpcStorage",
  "HpcNamespace",
  "HpcToken",
  "ElementConsole",
  "ElementApplication",
] as const;
export type Kind = (typeof KINDS)[number];

/** The schemas of a kind as they stand in crds/, read the way kubectl reads YAML. */
export function generatedSchemas(kind: Kind): SpecAndStatus {
  const group = kind.startsWith("Element") ? "element.1c.ru" : "hpc-park.ru";
  const file = join(PROJECT, `crds/${group}_${kind.toLowerCase()}s.yaml`);
  const crd = parse(readFileSync(file, "utf8"), { version: "1.1" });
  return crd.spec.versions[0].schema.openAPIV3Schema.properties;
}

export function rulesOf(kind: Kind): readonly ValidationRule[] {
  return generatedSchemas(kind).spec["x-kubernetes-validations"] ?? [];
}

/** Every schema inside, each with its path. */
export function walk(schema: Schema, path: string): [string, Schema][] {
  const inner = [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
      walk(property, `${path}.${name}`),
    ),
    ...(schema.items === undefined ? [] : walk(schema.items, `${path}[]`)),
    ...(schema.additionalProperties === undefined
      ? []
      : walk(schema.additionalProperties, `${path}{}`)),
  ];
  return [[path, schema], ...inner];
}
