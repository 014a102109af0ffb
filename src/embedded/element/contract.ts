import { readFile } from "node:fs/promises";
import { isTree, type Json, resolveReferences, type Tree, treeAt } from "../simulator/json-tree.ts";

const CONTRACT_FILE = new URL("../../contracts/element-console-v2.openapi.json", import.meta.url);
const METHODS = ["get", "post", "put", "delete"];

/** One operation of the contract. */
export interface ContractOperation {
  /** Such as `GET /console/api/v2/applications/{ApplicationId}`. */
  readonly key: string;
  readonly method: string;
  readonly path: string;
  /** The schema of its body, with nothing to refer to; undefined where it has no body. */
  readonly body: Tree | undefined;
  /** The schemas of what its query may hold, by name. */
  readonly query: ReadonlyMap<string, Tree>;
}

export async function loadContract(): Promise<ContractOperation[]> {
  const document: unknown = JSON.parse(await readFile(CONTRACT_FILE, "utf8"));
  if (!isTree(document)) throw new Error("the contract is no object");
  const schemas = treeAt(document, "components", "schemas");
  return Object.entries(treeAt(document, "paths")).flatMap(([path, operations]) =>
    METHODS.filter((method) => isTree(operations) && method in operations).map((method) =>
      readOperation(method, path, treeAt(document, "paths", path, method), schemas),
    ),
  );
}

function readOperation(
  method: string,
  path: string,
  operation: Tree,
  schemas: Tree,
): ContractOperation {
  const [content] = Object.values(treeAt(operation, "requestBody", "content"));
  const schema = isTree(content)
    ? resolveReferences(treeAt(content, "schema"), schemas)
    : undefined;
  const { parameters } = operation;
  const inQuery = (Array.isArray(parameters) ? parameters : [])
    .filter((parameter: Json): parameter is Tree => isTree(parameter))
    .filter((parameter) => parameter["in"] === "query");
  return {
    key: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    body: isTree(schema) ? schema : undefined,
    query: new Map(
      inQuery.map((one) => [
        typeof one["name"] === "string" ? one["name"] : "",
        treeAt(one, "schema"),
      ]),
    ),
  };
}
