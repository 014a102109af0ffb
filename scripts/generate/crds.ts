import { type CustomResourceDefinition, customResourceDefinition } from "../../src/api/crd.ts";
import type { KindDefinition } from "../../src/api/kind.ts";
import { toYaml } from "./yaml.ts";

const SOURCE = "src/api";

/** Each CRD by the name of its file. */
export function crdDefinitions(
  kinds: readonly KindDefinition[],
): [name: string, crd: CustomResourceDefinition][] {
  return kinds.map((kind) => [`${kind.group}_${kind.plural}.yaml`, customResourceDefinition(kind)]);
}

/** File name to content of `crds/`. */
export function crdFiles(kinds: readonly KindDefinition[]): [name: string, content: string][] {
  const crds = crdDefinitions(kinds).map(([name, crd]): [string, string] => [
    name,
    toYaml(crd, SOURCE),
  ]);
  const resources = crds.map(([name]) => name).toSorted();
  const kustomization = toYaml(
    { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources },
    SOURCE,
  );
  return [...crds, ["kustomization.yaml", kustomization]];
}
