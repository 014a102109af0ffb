import { customResourceDefinition } from "../../src/api/crd.ts";
import type { KindDefinition } from "../../src/api/kind.ts";
import { toYaml } from "./yaml.ts";

const SOURCE = "src/api";

/** File name to content of `crds/`. */
export function crdFiles(kinds: readonly KindDefinition[]): [name: string, content: string][] {
  const crds = kinds.map((kind): [string, string] => [
    `${kind.group}_${kind.plural}.yaml`,
    toYaml(customResourceDefinition(kind), SOURCE),
  ]);
  const resources = crds.map(([name]) => name).toSorted();
  const kustomization = toYaml(
    { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources },
    SOURCE,
  );
  return [...crds, ["kustomization.yaml", kustomization]];
}
