export type Json = null | boolean | number | string | readonly Json[] | Tree;

/** A JSON object; nothing in it is ever changed, only copied with a difference. */
export interface Tree {
  readonly [key: string]: Json;
}

/** Of what was parsed from JSON or YAML, so that what is below is JSON as well. */
export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is below these keys; an empty object where nothing is. */
export function treeAt(tree: Tree, ...keys: readonly string[]): Tree {
  let found: Json | undefined = tree;
  for (const key of keys) found = isTree(found) ? found[key] : undefined;
  return isTree(found) ? found : {};
}

/** A copy that differs below these keys. */
export function changeAt(
  tree: Tree,
  keys: readonly string[],
  change: (before: Tree) => Tree,
): Tree {
  const [key, ...others] = keys;
  if (key === undefined) return change(tree);
  return { ...tree, [key]: changeAt(treeAt(tree, key), others, change) };
}

/** A copy in which each value that is an object has been changed. */
export function changeEach(tree: Tree, change: (before: Tree, key: string) => Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, isTree(value) ? change(value, key) : value]),
  );
}

/** The name of the schema that a reference leads to. */
export function referenceName({ $ref }: Tree): string | undefined {
  return typeof $ref === "string" ? $ref.split("/").at(-1) : undefined;
}

/** A copy in which the schemas stand where they were referred to. */
export function resolveReferences(value: Json, schemas: Tree): Json {
  if (Array.isArray(value)) return value.map((item: Json) => resolveReferences(item, schemas));
  if (!isTree(value)) return value;
  const name = referenceName(value);
  if (name !== undefined) return resolveReferences(treeAt(schemas, name), schemas);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveReferences(item, schemas)]),
  );
}
