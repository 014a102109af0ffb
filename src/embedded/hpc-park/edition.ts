import type { ContractChanges, Live } from "./contract-changes.ts";
import {
  withNames,
  withoutSections,
  withPages,
  withRenamed,
  withRequired,
} from "./description-edits.ts";
import {
  isTree,
  type Json,
  referenceName,
  resolveReferences,
  type Tree,
  treeAt,
} from "../simulator/json-tree.ts";
import { DEFAULT_PAGE_SIZE } from "./page.ts";

const METHODS = ["get", "post", "patch", "put", "delete"] as const;
const JSON_SCHEMA = ["content", "application/json", "schema"];
const SUCCESSES = ["200", "201"];

/** One operation as it is live. */
export interface OperationShape {
  /** The schema of its body, with nothing to refer to; undefined where it has no body. */
  readonly body: Tree | undefined;
  /** Fields of the body whose names are not the contract's: from the live name to the contract's. */
  readonly bodyNames: ReadonlyMap<string, string>;
  /** Fields of what it answers, of each item where that is a list: from the contract's name to the live one. */
  readonly answerNames: ReadonlyMap<string, string>;
  /** Of a list that comes in pages: how long a page is where the request does not say. */
  readonly pageSize: number | undefined;
}

/** The contract as it is live at a time. */
export interface Edition {
  /** What `/openapi.json` answers. */
  readonly description: Tree;
  /** The methods of a path; empty where there is no such path. */
  readonly methodsOf: (path: string) => readonly string[];
  /** By method and path, such as `GET /v1/instance/{id}`. */
  readonly operation: (key: string) => OperationShape | undefined;
}

/** The edition of a document in which only the live form of the state path is left. */
export function makeEdition(document: Tree, { changes, catalogue }: Live): Edition {
  const edits: ((before: Tree) => Tree)[] = [];
  const { missing, names, required, renamed, pages } = changes;
  if (missing !== undefined) edits.push((before) => withoutSections(before, missing));
  if (names !== undefined) edits.push((before) => withNames(before, catalogue, names));
  if (required !== undefined) edits.push((before) => withRequired(before, required));
  // After the fields have been required under the names that the contract has for them.
  if (renamed !== undefined) edits.push((before) => withRenamed(before, renamed));
  if (pages !== undefined) edits.push((before) => withPages(before, pages));
  const description = edits.reduce((before, edit) => edit(before), document);
  const paths = Object.entries(treeAt(description, "paths"));
  const matchers = paths.map(([path, operations]) => matcherOf(path, operations));
  const shapes = new Map<string, OperationShape>();
  for (const [path, operations] of paths) {
    for (const method of METHODS) {
      const operation = isTree(operations) ? operations[method] : undefined;
      if (!isTree(operation)) continue;
      const before = treeAt(document, "paths", path, method);
      shapes.set(
        `${method.toUpperCase()} ${path}`,
        shapeOf(operation, before, description, changes),
      );
    }
  }
  return {
    description,
    methodsOf: (path) => matchers.find(({ pattern }) => pattern.test(path))?.methods ?? [],
    operation: (key) => shapes.get(key),
  };
}

function matcherOf(path: string, operations: Json): { pattern: RegExp; methods: string[] } {
  return {
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
    methods: METHODS.filter((method) => isTree(operations) && method in operations).map((name) =>
      name.toUpperCase(),
    ),
  };
}

function shapeOf(
  operation: Tree,
  before: Tree,
  description: Tree,
  changes: ContractChanges,
): OperationShape {
  const schemas = treeAt(description, "components", "schemas");
  const body = treeAt(operation, "requestBody", ...JSON_SCHEMA);
  const resolved = resolveReferences(body, schemas);
  const answers = SUCCESSES.map((status) => treeAt(before, "responses", status, ...JSON_SCHEMA));
  const isList = answers.some(({ type }) => type === "array");
  const renames = (schema: Tree): [string, string][] =>
    schemaNames(schema, schemas).flatMap((name) => renamesOf(name, changes));
  return {
    body: "requestBody" in operation && isTree(resolved) ? resolved : undefined,
    bodyNames: new Map(renames(body).map(([field, live]) => [live, field])),
    answerNames: new Map(answers.flatMap(renames)),
    pageSize: isList && changes.pages ? (changes.pages.size ?? DEFAULT_PAGE_SIZE) : undefined,
  };
}

/** The schemas whose fields lie side by side in what a schema describes, or in each item of it. */
function schemaNames(schema: Tree, schemas: Tree): string[] {
  const name = referenceName(schema);
  if (name !== undefined) return [name, ...schemaNames(treeAt(schemas, name), schemas)];
  const { allOf, items } = schema;
  const parts = [...(Array.isArray(allOf) ? allOf : []), items].filter(isTree);
  return parts.flatMap((part) => schemaNames(part, schemas));
}

function renamesOf(schema: string, { renamed }: ContractChanges): [string, string][] {
  return Object.entries(renamed ?? {})
    .filter(([name]) => name === schema)
    .flatMap(([, names]) => Object.entries(names));
}
