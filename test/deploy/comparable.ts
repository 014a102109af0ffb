import { isDeepStrictEqual } from "node:util";
import type { Manifest } from "./rendered.ts";

/** What Helm's charts say of themselves on every object, and kustomize does not. */
const OWN_LABELS: ReadonlySet<string> = new Set([
  "app.kubernetes.io/instance",
  "app.kubernetes.io/managed-by",
  "app.kubernetes.io/name",
  "app.kubernetes.io/version",
  "helm.sh/chart",
]);
/** By it a release's pods are told from those of another one, wherever they are selected. */
const INSTANCE = "app.kubernetes.io/instance";
/** On CRDs: they outlive the release. */
const KEEP = "helm.sh/resource-policy";

type Tree = Readonly<Record<string, unknown>>;

/**
 * Manifests by kind, namespace and name, without what is different by nature between Helm and kustomize: the labels above on objects, the
 * label of the instance in selectors and on pods, the annotation of CRDs, and the Namespace, which Helm makes by itself.
 */
export function comparable(manifests: readonly Manifest[]): ReadonlyMap<string, unknown> {
  const own = manifests.filter(({ kind }) => kind !== "Namespace");
  return new Map(own.map((one) => [nameOf(one), plain(one)]));
}

/** Which objects are in one of them only, or not the same in both. */
export function differences(
  one: readonly Manifest[],
  other: readonly Manifest[],
): readonly string[] {
  const [a, b] = [comparable(one), comparable(other)];
  const names = new Set([...a.keys(), ...b.keys()]);
  const differing = [...names].filter((name) => !isDeepStrictEqual(a.get(name), b.get(name)));
  return differing.toSorted();
}

function nameOf({ kind, metadata }: Manifest): string {
  return [kind, metadata.namespace, metadata.name].filter((part) => part !== undefined).join("/");
}

function plain(manifest: Manifest): unknown {
  const { labels = {}, annotations = {}, ...metadata }: Tree = manifest.metadata;
  const others = {
    labels: without(labels, (name) => OWN_LABELS.has(name)),
    annotations: without(annotations, (name) => name === KEEP),
  };
  const kept = Object.entries(others).filter(([, entries]) => Object.keys(entries).length > 0);
  return withoutInstance({ ...manifest, metadata: { ...metadata, ...Object.fromEntries(kept) } });
}

function without(labels: unknown, isLeftOut: (name: string) => boolean): object {
  return Object.fromEntries(Object.entries(Object(labels)).filter(([name]) => !isLeftOut(name)));
}

function withoutInstance(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutInstance);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== INSTANCE);
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutInstance(inner)]));
}
