import { isDeepStrictEqual } from "node:util";

export interface CrdDifferences {
  /** Places that the cluster's CRD lacks, or has otherwise. */
  readonly lacks: readonly string[];
  /** Fields that only the cluster's CRD has. */
  readonly adds: readonly string[];
}

/** API servers before 1.25 drop these rules when they store a CRD. */
const RULES = "x-kubernetes-validations";

/** Lists of names in a schema; their order carries no meaning. */
const SETS: ReadonlySet<string> = new Set(["required", "enum", "shortNames", "categories"]);

/**
 * Compares the spec of a CRD with the one in the cluster. The API server fills in defaults, so what only it has is no difference, but for
 * fields of the schema: those are of a newer version.
 */
export function compareCrds(
  wanted: unknown,
  found: unknown,
  { hasRules }: { readonly hasRules: boolean },
): CrdDifferences {
  const lacks: string[] = [];
  const adds: string[] = [];
  const walk = (a: unknown, b: unknown, { path, key }: Place): void => {
    if ((key === RULES && !hasRules) || isSame(a, b, key)) return;
    if (Array.isArray(a) && Array.isArray(b) && a.length === b.length && !SETS.has(key)) {
      for (const [index, item] of a.entries())
        walk(item, b[index], { path: `${path}[${nameOf(item, index)}]`, key: "" });
      return;
    }
    if (!isObject(a) || !isObject(b)) return void lacks.push(path);
    for (const [name, value] of Object.entries(a)) walk(value, b[name], below(path, name));
    const added = Object.keys(b).filter((name) => !Object.hasOwn(a, name));
    if (key === "properties") adds.push(...added.map((name) => below(path, name).path));
  };
  walk(wanted, found, { path: "", key: "" });
  return { lacks, adds };
}

interface Place {
  readonly path: string;
  readonly key: string;
}

function isSame(a: unknown, b: unknown, key: string): boolean {
  const isSet = SETS.has(key) && Array.isArray(a) && Array.isArray(b);
  return isSet ? isDeepStrictEqual(new Set(a), new Set(b)) : isDeepStrictEqual(a, b);
}

function nameOf(item: unknown, index: number): string {
  return isObject(item) && typeof item["name"] === "string" ? item["name"] : String(index);
}

/** Without the words that are in every path. */
function below(path: string, name: string): Place {
  const isFrame = ["schema", "openAPIV3Schema", "properties"].includes(name);
  return { path: isFrame ? path : path === "" ? name : `${path}.${name}`, key: name };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
