/** A schema as apiextensions.k8s.io/v1 takes it. */
export interface StructuralSchema {
  readonly [keyword: string]: unknown;
}

type JsonSchema = Readonly<Record<string, unknown>>;
type Translate = (value: unknown, path: string, schema: JsonSchema) => StructuralSchema;

/** Says nothing that the API server could check. */
const IGNORED: ReadonlySet<string> = new Set([
  "$id",
  "$schema",
  "title",
  "examples",
  "readOnly",
  "writeOnly",
]);

const COPIED: ReadonlySet<string> = new Set([
  "type",
  "format",
  "description",
  "default",
  "enum",
  "nullable",
  "minimum",
  "maximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
]);

const TRANSLATED: ReadonlyMap<string, Translate> = new Map<string, Translate>([
  ["const", (value) => enumOf([value])],
  ["enum", (value, path) => enumOf(asArray(value, path))],
  ["anyOf", translateUnion],
  ["pattern", translatePattern],
  ["exclusiveMinimum", (value, path) => exclusiveBound("minimum", value, path)],
  ["exclusiveMaximum", (value, path) => exclusiveBound("maximum", value, path)],
  ["properties", translateProperties],
  ["required", translateRequired],
  ["patternProperties", translatePatternProperties],
  ["additionalProperties", translateAdditionalProperties],
  ["items", (value, path) => ({ items: toStructural(value, `${path}[]`) })],
]);

/**
 * Translates a TypeBox schema into a Kubernetes structural schema.
 *
 * @throws Error naming the place and the keyword, for what Kubernetes cannot express: a CRD that silently checks less than the
 * schema says is worse than none.
 */
export function toStructural(value: unknown, path = "schema"): StructuralSchema {
  const schema = asObject(value, path);
  const parts = Object.entries(schema).map(([keyword, content]): StructuralSchema => {
    if (content === undefined || IGNORED.has(keyword)) return {};
    const translate = TRANSLATED.get(keyword);
    if (translate !== undefined) return translate(content, path, schema);
    if (COPIED.has(keyword) || keyword.startsWith("x-kubernetes-")) return { [keyword]: content };
    throw new Error(`${path}: Kubernetes has no "${keyword}"`);
  });
  const structural: StructuralSchema = Object.assign({}, ...parts);
  const { type } = structural;
  if (typeof type !== "string" || type === "null")
    throw new Error(`${path}: needs a single type that is not null`);
  return structural;
}

function enumOf(values: readonly unknown[]): StructuralSchema {
  const types = new Set(values.map((value) => typeof value));
  const [type] = types;
  if (types.size !== 1 || type === undefined)
    throw new Error(`enum ${JSON.stringify(values)}: needs values of one type`);
  return { type: type === "number" ? "integer" : type, enum: values };
}

/** Two unions can be said: one of several constants, and something or null. */
function translateUnion(value: unknown, path: string): StructuralSchema {
  const branches = asArray(value, path).map((branch) => asObject(branch, path));
  const others = branches.filter(({ type }) => type !== "null");
  const nullable = others.length < branches.length ? { nullable: true } : {};
  const [only] = others;
  if (only !== undefined && others.length === 1)
    return { ...toStructural(only, path), ...nullable };
  if (others.every((branch) => "const" in branch)) {
    return { ...enumOf(others.map((branch) => branch["const"])), ...nullable };
  }
  throw new Error(`${path}: Kubernetes takes a union only of constants, or of one schema and null`);
}

/** The API server matches with Go's RE2, which has no lookaround and no back-references. */
function translatePattern(value: unknown, path: string): StructuralSchema {
  if (typeof value !== "string" || /\(\?(?:[=!]|<[=!])|\\[1-9]|\\u/.test(value)) {
    throw new Error(`${path}: Go cannot match the pattern ${String(value)}`);
  }
  return { pattern: value };
}

/** OpenAPI 3.0 has the bound and a flag, JSON Schema has a second number. */
function exclusiveBound(
  bound: "minimum" | "maximum",
  value: unknown,
  path: string,
): StructuralSchema {
  if (typeof value !== "number") throw new Error(`${path}: an exclusive ${bound} must be a number`);
  return { [bound]: value, [bound === "minimum" ? "exclusiveMinimum" : "exclusiveMaximum"]: true };
}

function translateProperties(value: unknown, path: string): StructuralSchema {
  const properties = Object.entries(asObject(value, path));
  return {
    properties: Object.fromEntries(
      properties.map(([name, schema]) => [name, toStructural(schema, `${path}.${name}`)]),
    ),
  };
}

/** A field with a default is always there in the end, but the user need not write it. */
function translateRequired(value: unknown, path: string, schema: JsonSchema): StructuralSchema {
  const properties = asObject(schema["properties"], path);
  const required = asArray(value, path).filter(
    (name) => !("default" in asObject(properties[String(name)], `${path}.${String(name)}`)),
  );
  return required.length === 0 ? {} : { required };
}

/** A map from any text to one schema; what the keys look like cannot be said. */
function translatePatternProperties(value: unknown, path: string): StructuralSchema {
  const [entry, ...others] = Object.entries(asObject(value, path));
  if (entry === undefined || others.length > 0 || !["^.*$", "^(.*)$"].includes(entry[0])) {
    throw new Error(`${path}: Kubernetes takes a map only with any key and one kind of value`);
  }
  return { additionalProperties: toStructural(entry[1], `${path}{}`) };
}

/** Unknown fields are pruned by the API server, so a closed object needs no word. */
function translateAdditionalProperties(value: unknown, path: string): StructuralSchema {
  if (value === false) return {};
  if (value === true)
    throw new Error(
      `${path}: open objects would be pruned; say x-kubernetes-preserve-unknown-fields`,
    );
  return { additionalProperties: toStructural(value, `${path}{}`) };
}

function asObject(value: unknown, path: string): JsonSchema {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`${path}: expected a schema object`);
  }
  return { ...value };
}

function asArray(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${path}: expected a list`);
  return value;
}
