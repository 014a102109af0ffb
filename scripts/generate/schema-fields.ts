import type { CelRule } from "../../src/api/kind.ts";
import type { StructuralSchema } from "../../src/api/structural.ts";

/** One field of a schema, as a page shows it. */
export interface Field {
  /** From spec or status on: `ssh.key`, `ports[].internal`. */
  readonly path: string;
  readonly type: string;
  readonly bounds: readonly string[];
  readonly default: string;
  readonly isRequired: boolean;
  readonly description: string;
}

export type Changeability = "yes" | "no" | "in part";

/** All fields below a schema, each before those below it. */
export function fieldsOf(schema: StructuralSchema, prefix = ""): Field[] {
  const required = new Set(listOf(schema["required"]));
  return Object.entries(objectOf(schema["properties"])).flatMap(([name, value]) => {
    const field = objectOf(value);
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const items = objectOf(field["items"]);
    const isList = field["type"] === "array";
    const below = isList ? fieldsOf(items, `${path}[]`) : fieldsOf(field, path);
    return [fieldAt(path, field, required.has(name))].concat(below);
  });
}

/**
 * Whether a field may be changed later, by the rules of the kind: one that compares it with what it was rules that out, any other that
 * looks at what was before limits it. What holds of an object holds of all in it.
 */
export function changeabilityOf(path: string, rules: readonly CelRule[]): Changeability {
  const onUpdate = rules.filter(({ rule, fieldPath }) => {
    const isAbout = `.${path}` === fieldPath || `.${path}`.startsWith(`${fieldPath}.`);
    return isAbout && rule.includes("oldSelf");
  });
  if (onUpdate.length === 0) return "yes";
  const isFixed = onUpdate.some(({ rule, fieldPath }) =>
    rule.includes(`self${fieldPath} == oldSelf${fieldPath}`),
  );
  return isFixed ? "no" : "in part";
}

function fieldAt(path: string, schema: StructuralSchema, isRequired: boolean): Field {
  return {
    path,
    type: typeOf(schema),
    bounds: boundsOf(schema),
    default: "default" in schema ? JSON.stringify(schema["default"]) : "",
    isRequired,
    description: textOf(schema["description"]),
  };
}

function typeOf(schema: StructuralSchema): string {
  const type = textOf(schema["type"]);
  if (type !== "array") return type;
  const items = objectOf(schema["items"]);
  return `list of ${textOf(items["type"])}s`;
}

function boundsOf(schema: StructuralSchema): string[] {
  const values = schema["enum"];
  const items = objectOf(schema["items"]);
  const pattern = schema["pattern"] ?? items["pattern"];
  return [
    ...(Array.isArray(values) ? [values.map((value) => JSON.stringify(value)).join(", ")] : []),
    range(schema["minimum"], schema["maximum"], ""),
    range(schema["minLength"], schema["maxLength"], " characters"),
    range(schema["minItems"], schema["maxItems"], " entries"),
    typeof pattern === "string" ? `\`${pattern}\`` : "",
  ].filter((bound) => bound !== "");
}

function range(least: unknown, most: unknown, unit: string): string {
  const [from, to] = [least, most].map((bound) => JSON.stringify(bound));
  if (from === undefined && to === undefined) return "";
  if (from === undefined) return `at most ${to}${unit}`;
  if (to === undefined) return `at least ${from}${unit}`;
  return `${from} to ${to}${unit}`;
}

export function objectOf(value: unknown): StructuralSchema {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
