import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { kinds } from "../src/api/kinds.ts";
import { argocdConfigMap } from "./generate/argocd.ts";
import { CHART_CRDS, chartFiles } from "./generate/chart/chart-files.ts";
import { crdFiles } from "./generate/crds.ts";
import { deletionProtectionPolicy } from "./generate/deletion-protection.ts";
import { kindIndex, kindPage, pageName } from "./generate/kind-page.ts";
import { rolesByFile } from "./generate/roles.ts";
import { toYaml } from "./generate/yaml.ts";
import { metricsPage } from "./metrics-page.ts";
import { optionsPage } from "./options-page.ts";
import { dashboard } from "./monitoring/dashboard.ts";
import { LIMITS } from "./monitoring/alert.ts";
import { prometheusRule, ruleFile } from "./monitoring/rules.ts";

const PROJECT = join(import.meta.dirname, "..");
const CRDS = "crds";
const PAGES = "docs/kinds";
const ARGOCD = "deploy/gitops/argocd";
const MONITORING = "deploy/monitoring";
const ALERTS = "scripts/monitoring";
const PERMISSIONS = "src/doctor/permissions.ts";
const PROTECTION = "deploy/components/deletion-protection";

/** Path in the checkout to content, of all that is generated. */
async function generate(): Promise<Map<string, string>> {
  const healthLua = await readFile(join(PROJECT, ARGOCD, "health.lua"), "utf8");
  return new Map([
    ...crdFiles(kinds).map(([name, content]) => [`${CRDS}/${name}`, content] as const),
    ...kinds.map((kind) => [`${PAGES}/${pageName(kind.kind)}`, kindPage(kind)] as const),
    [`${PAGES}/README.md`, kindIndex(kinds)],
    [`${ARGOCD}/argocd-cm.yaml`, argocdConfigMap(kinds, healthLua)],
    ...[...rolesByFile()].map(([path, role]) => [path, toYaml(role, PERMISSIONS)] as const),
    [`${PROTECTION}/policy.yaml`, toYaml(deletionProtectionPolicy(kinds), "src/api")],
    ...chartFiles(),
    ["docs/metrics.md", metricsPage()],
    ["docs/options.md", optionsPage()],
    [`${MONITORING}/dashboard.json`, dashboard()],
    [`${MONITORING}/alerts.yaml`, toYaml(ruleFile(LIMITS), ALERTS)],
    [`${MONITORING}/rules.yaml`, toYaml(prometheusRule(LIMITS), ALERTS)],
  ]);
}

/** Files that are missing, differ, or are left over from a kind that is gone. */
async function findDifferences(wanted: ReadonlyMap<string, string>): Promise<string[]> {
  const present = await Promise.all([CRDS, PAGES, CHART_CRDS].map(filesIn));
  const differing: string[] = [];
  for (const path of new Set([...wanted.keys(), ...present.flat()])) {
    const content = await readFile(join(PROJECT, path), "utf8").catch(() => undefined);
    if (content !== wanted.get(path)) differing.push(path);
  }
  return differing.toSorted();
}

/** All in these folders is generated. */
async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(PROJECT, folder)).catch(() => []);
  return names.filter((name) => /\.(yaml|md)$/.test(name)).map((name) => `${folder}/${name}`);
}

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const files = await generate();
if (values.check) {
  const differing = await findDifferences(files);
  for (const name of differing) {
    process.stderr.write(`${name} is not what its source says: run npm run generate\n`);
  }
  process.exitCode = differing.length === 0 ? 0 : 1;
} else {
  for (const [path, content] of files) {
    await mkdir(dirname(join(PROJECT, path)), { recursive: true });
    await writeFile(join(PROJECT, path), content);
  }
}
