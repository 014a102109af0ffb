import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import type { Manifest } from "./rendered.ts";

interface Kustomization {
  readonly resources?: readonly string[];
  readonly namespace?: string;
  readonly images?: readonly NewImage[];
  readonly patches?: readonly { readonly path: string }[];
}

interface NewImage {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
}

type Tree = Readonly<Record<string, unknown>>;

const CLUSTER_WIDE: ReadonlySet<string> = new Set([
  "Namespace",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
]);

/**
 * So much of kustomize as deploy/ uses, for kubectls from before its present form; where a newer one is at hand, a test compares the two.
 */
export async function kustomize(folder: string): Promise<readonly Manifest[]> {
  const kustomization: Kustomization = parse(
    await readFile(join(folder, "kustomization.yaml"), "utf8"),
  );
  const { resources = [], namespace, images = [], patches = [] } = kustomization;
  let manifests = (await Promise.all(resources.map((path) => load(join(folder, path))))).flat();
  for (const { path } of patches) {
    const patch: Manifest = parse(await readFile(join(folder, path), "utf8"));
    manifests = manifests.map((one) => (isSame(one, patch) ? asManifest(merge(one, patch)) : one));
  }
  if (namespace !== undefined) manifests = manifests.map((one) => placed(one, namespace));
  return images.reduce((all, image) => all.map((one) => withImage(one, image)), manifests);
}

async function load(path: string): Promise<readonly Manifest[]> {
  if ((await stat(path)).isDirectory()) return kustomize(path);
  const documents = parseAllDocuments(await readFile(path, "utf8"), { version: "1.1" });
  return documents.map((document): Manifest => document.toJSON());
}

function isSame(a: Manifest, b: Manifest): boolean {
  return a.kind === b.kind && a.metadata.name === b.metadata.name;
}

function placed(manifest: Manifest, namespace: string): Manifest {
  const { kind, metadata } = manifest;
  const subjects: unknown = manifest["subjects"];
  const moved = Array.isArray(subjects)
    ? { subjects: subjects.map((one: Tree) => Object.assign({}, one, { namespace })) }
    : {};
  if (kind === "Namespace") return { ...manifest, metadata: { ...metadata, name: namespace } };
  const where = CLUSTER_WIDE.has(kind) ? metadata : { ...metadata, namespace };
  return { ...manifest, ...moved, metadata: where };
}

/** A name without its tag is what kustomize goes by, also where a base below has set one. */
function withImage(manifest: Manifest, { name, newName = name, newTag }: NewImage): Manifest {
  const image = new RegExp(`"image":"${name}(:[^"]+)?"`, "g");
  const text = JSON.stringify(manifest).replaceAll(image, (_, tag = "") => {
    return `"image":"${newName}${newTag === undefined ? tag : `:${newTag}`}"`;
  });
  return JSON.parse(text);
}

/** Lists of things with names are merged by their names, as the API's own strategic merge does for containers and variables. */
function merge(base: unknown, patch: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(patch)) return mergeLists(base, patch);
  if (!isTree(base) || !isTree(patch)) return patch;
  const merged = Object.entries(patch).map(([key, value]) => [key, merge(base[key], value)]);
  return { ...base, ...Object.fromEntries(merged) };
}

function mergeLists(base: readonly Tree[], patch: readonly Tree[]): unknown[] {
  const names = new Set(base.map(({ name }) => name));
  const kept = base.map((one) => {
    const change = patch.find(({ name }) => name !== undefined && name === one["name"]);
    return change === undefined ? one : merge(one, change);
  });
  return [...patch.filter(({ name }) => !names.has(name)), ...kept];
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asManifest(value: unknown): Manifest {
  // What a manifest was merged into is one.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return value as Manifest;
}
