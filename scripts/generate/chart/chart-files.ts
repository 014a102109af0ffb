import { kinds } from "../../../src/api/kinds.ts";
import { LIMITS } from "../../monitoring/alert.ts";
import { ruleFile } from "../../monitoring/rules.ts";
import { crdDefinitions } from "../crds.ts";
import { deletionProtectionSpec } from "../deletion-protection.ts";
import { grantedRules } from "../roles.ts";
import { toYaml } from "../yaml.ts";
import { chartReadme } from "./readme.ts";
import { rulesTemplate } from "./rules-template.ts";
import { valuesSchema, valuesYaml } from "./values-files.ts";

export const CHART = "deploy/chart/hpc-park-operator";
export const CHART_CRDS = `${CHART}/files/crds`;

/** What of the chart is generated: path in the checkout to content. */
export function chartFiles(): ReadonlyMap<string, string> {
  return new Map([
    [`${CHART}/README.md`, chartReadme()],
    [`${CHART}/values.yaml`, valuesYaml()],
    [`${CHART}/values.schema.json`, valuesSchema()],
    [`${CHART}/templates/_rules.tpl`, rulesTemplate(grantedRules())],
    [`${CHART}/files/alerts.yaml`, toYaml(ruleFile(LIMITS), "scripts/monitoring")],
    [`${CHART}/files/deletion-protection.yaml`, toYaml(deletionProtectionSpec(kinds), "src/api")],
    ...crdCopies(),
  ]);
}

/** Helm never upgrades what lies in a chart's folder crds/; what it installs like anything else it would delete with the release. */
function crdCopies(): [path: string, content: string][] {
  return crdDefinitions(kinds).map(([name, crd]) => {
    const annotations = { "helm.sh/resource-policy": "keep" };
    const kept = { ...crd, metadata: { ...crd.metadata, annotations } };
    return [`${CHART_CRDS}/${name}`, toYaml(kept, "src/api")];
  });
}
