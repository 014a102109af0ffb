/** What a schema of an OpenAPI description lets through, as far as it says. What is undefined says nothing. */
export interface SchemaView {
  readonly types: ReadonlySet<string> | undefined;
  /** The texts that it may be. */
  readonly values: readonly string[] | undefined;
  readonly properties: ReadonlyMap<string, unknown> | undefined;
  readonly required: ReadonlySet<string>;
  readonly items: unknown;
}

type Node = Readonly<Record<string, unknown>>;

const SAYS_NOTHING: SchemaView = {
  types: undefined,
  values: undefined,
  properties: undefined,
  required: new Set(),
  items: undefined,
};
const NULL: ReadonlySet<string> = new Set(["null"]);
const ONLY_NULL: SchemaView = { ...SAYS_NOTHING, types: NULL };
/** What a description may cost, whoever wrote it: ours takes some hundred looks, three deep, at twenty properties. Beyond, it says nothing. */
const MAX = { looks: 3_000, depth: 50, properties: 200 };

/** Reads schemas of one description: OpenAPI 3.0 and 3.1, as FastAPI writes them with either version of pydantic. */
export class DescribedSchemas {
  readonly #document: unknown;
  readonly #own = new WeakMap<Node, SchemaView>();
  #looks = 0;

  constructor(document: unknown) {
    this.#document = document;
  }

  view(schema: unknown, depth = 0): SchemaView {
    this.#looks += 1;
    if (this.#looks > MAX.looks || depth > MAX.depth) return SAYS_NOTHING;
    const node = this.resolve(schema);
    const parts = [
      this.#ownViewOf(node),
      ...listIn(node, "allOf").map((part) => this.view(part, depth + 1)),
    ];
    for (const choice of ["anyOf", "oneOf"]) {
      const branches = listIn(node, choice);
      if (branches.length > 0)
        parts.push(anyOf(branches.map((branch) => this.view(branch, depth + 1))));
    }
    const whole = parts.reduce(both);
    return node["nullable"] === true && whole.types !== undefined
      ? { ...whole, types: union(whole.types, NULL) }
      : whole;
  }

  /** What stands in one place may be referred to from many. */
  #ownViewOf(node: Node): SchemaView {
    const known = this.#own.get(node) ?? ownView(node);
    this.#own.set(node, known);
    return known;
  }

  /** Follows `$ref` within the document. */
  resolve(value: unknown): Node {
    let node = nodeOf(value);
    for (let hops = 0; typeof node["$ref"] === "string" && hops < 10; hops += 1)
      node = nodeOf(this.#at(node["$ref"]));
    return node;
  }

  #at(reference: string): unknown {
    if (!reference.startsWith("#/")) return undefined;
    return reference
      .slice(2)
      .split("/")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<unknown>((value, part) => entryOf(value, part), this.#document);
  }
}

/** Own entries only: a name such as `constructor` in a description reaches nothing else. */
export function entryOf(value: unknown, name: string): unknown {
  const node = nodeOf(value);
  return Object.hasOwn(node, name) ? node[name] : undefined;
}

export function nodeOf(value: unknown): Node {
  return isNode(value) ? value : {};
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listIn(node: Node, name: string): readonly unknown[] {
  const value = entryOf(node, name);
  return Array.isArray(value) ? value : [];
}

export function textsIn(node: Node, name: string): readonly string[] {
  return listIn(node, name).filter((item) => typeof item === "string");
}

function ownView(node: Node): SchemaView {
  const { type, items } = node;
  const properties = Object.entries(nodeOf(node["properties"]));
  const isDescribed = isNode(node["properties"]) && properties.length <= MAX.properties;
  const types = typeof type === "string" ? [type] : textsIn(node, "type");
  const values = Object.hasOwn(node, "const") ? [node["const"]] : listIn(node, "enum");
  const texts = values.filter((value) => typeof value === "string");
  return {
    types: types.length === 0 ? undefined : new Set(types),
    values: texts.length === 0 ? undefined : texts,
    properties: isDescribed ? new Map(properties) : undefined,
    required: new Set(textsIn(node, "required")),
    items,
  };
}

function both(a: SchemaView, b: SchemaView): SchemaView {
  return {
    types: a.types && b.types ? shared(a.types, b.types) : (a.types ?? b.types),
    values:
      a.values && b.values
        ? a.values.filter((value) => b.values?.includes(value))
        : (a.values ?? b.values),
    properties: a.properties || b.properties ? joined(a, b) : undefined,
    required: union(a.required, b.required),
    items: a.items ?? b.items,
  };
}

/** What any of the branches lets through. One that says nothing lets through everything. */
function anyOf(branches: readonly SchemaView[]): SchemaView {
  const hasNull = branches.some(isOnlyNull);
  const others = branches.filter((branch) => !isOnlyNull(branch));
  const [first = ONLY_NULL, ...rest] = others;
  const whole = rest.reduce(either, first);
  return hasNull && whole.types !== undefined
    ? { ...whole, types: union(whole.types, NULL) }
    : whole;
}

function either(a: SchemaView, b: SchemaView): SchemaView {
  return {
    types: a.types && b.types && union(a.types, b.types),
    values: a.values && b.values && [...new Set([...a.values, ...b.values])],
    properties: a.properties && b.properties && joined(a, b),
    required: shared(a.required, b.required),
    items: a.items ?? b.items,
  };
}

function joined(a: SchemaView, b: SchemaView): ReadonlyMap<string, unknown> {
  return new Map([...(a.properties ?? []), ...(b.properties ?? [])]);
}

function isOnlyNull({ types }: SchemaView): boolean {
  return types?.size === 1 && types.has("null");
}

function union(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a, ...b]);
}

function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a].filter((item) => b.has(item)));
}
