import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { completed } from "./hand-kept-schemas.ts";
import type { Manifest } from "./rendered.ts";

/** So much of a schema of /openapi/v2 as the API server uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly "x-kubernetes-group-version-kind"?: readonly GroupVersionKind[];
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export type Definitions = Readonly<Record<string, Schema>>;

const REFERENCE = "#/definitions/";
const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";

/** Holds manifests against the schemas that an API server serves, as strictly as a new one does: what no schema knows is a fault. */
export class OpenApi {
  readonly #definitions: Definitions;
  readonly #byKind: ReadonlyMap<string, Schema>;

  /** @param definitions What the server serves; what it does not know is held against schemas kept by hand. */
  constructor(definitions: Definitions) {
    this.#definitions = completed(definitions);
    this.#byKind = new Map(
      Object.values(this.#definitions).flatMap((schema) =>
        (schema["x-kubernetes-group-version-kind"] ?? []).map((gvk) => [keyOf(gvk), schema]),
      ),
    );
  }

  /** Each with the path of what is at fault. */
  faultsIn(manifest: Manifest): readonly string[] {
    const [version = "", group = ""] = manifest.apiVersion.split("/").toReversed();
    const { kind, metadata } = manifest;
    const schema = this.#byKind.get(keyOf({ group, version, kind }));
    const where = `${kind}/${metadata.name}`;
    if (schema === undefined) return [`${where}: ${manifest.apiVersion} ${kind} has no schema`];
    return this.#faults(manifest, schema, where);
  }

  #faults(value: unknown, schema: Schema, path: string): readonly string[] {
    const { $ref, type, format } = schema;
    if ($ref !== undefined) {
      const name = $ref.slice(REFERENCE.length);
      // Its schema says string, and the server takes a number, too.
      if (name === QUANTITY && typeof value === "number") return [];
      return this.#faults(value, this.#definitions[name] ?? {}, path);
    }
    if (format === "int-or-string") return typeFaults(value, ["string", "integer"], path);
    if (type === undefined) return [];
    const wrong = typeFaults(value, [type], path);
    if (wrong.length > 0) return wrong;
    if (Array.isArray(value)) {
      const { items = {} } = schema;
      return value.flatMap((one, index) => this.#faults(one, items, `${path}[${index}]`));
    }
    return isTree(value) ? this.#faultsOfFields(value, schema, path) : [];
  }

  #faultsOfFields(
    value: Readonly<Record<string, unknown>>,
    { properties, additionalProperties, required = [] }: Schema,
    path: string,
  ): readonly string[] {
    const missing = required.filter((name) => !(name in value));
    const faults = missing.map((name) => `${path}.${name} is missing`);
    // An object of which nothing is said may hold anything.
    if (properties === undefined && additionalProperties === undefined) return faults;
    const ofFields = Object.entries(value).flatMap(([name, inner]) => {
      const schema = properties?.[name] ?? additionalProperties;
      const inside = `${path}.${name}`;
      return schema === undefined ? [`${inside} is unknown`] : this.#faults(inner, schema, inside);
    });
    return [...faults, ...ofFields];
  }
}

/** What this API server serves. */
export async function openApiOf(plane: {
  readonly kubectl: string;
  readonly kubeconfigPath: string;
}): Promise<OpenApi> {
  const args = ["--kubeconfig", plane.kubeconfigPath, "get", "--raw", "/openapi/v2"];
  const options = { maxBuffer: 64 * 1024 * 1024, timeout: 30_000 };
  const { stdout } = await promisify(execFile)(plane.kubectl, args, options);
  const { definitions }: { definitions: Definitions } = JSON.parse(stdout);
  return new OpenApi(definitions);
}

function keyOf({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version} ${kind}`;
}

function typeFaults(value: unknown, allowed: readonly string[], path: string): readonly string[] {
  const type = typeOf(value);
  const fits = allowed.includes(type) || (type === "integer" && allowed.includes("number"));
  return fits ? [] : [`${path} is ${type}, not ${allowed.join(" or ")}`];
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
