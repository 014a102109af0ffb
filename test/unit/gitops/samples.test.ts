import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { ELEMENT_GROUP, HPC_PARK_GROUP, metadataKeys } from "../../../src/api/metadata.ts";
import { kinds } from "../../../src/api/kinds.ts";
import { PROJECT } from "../../project.ts";

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly source?: { readonly path: string };
    readonly healthChecks?: readonly { readonly apiVersion: string; readonly kind: string }[];
  };
}

function manifestsIn(folder: string): Manifest[] {
  const path = join(PROJECT, "deploy/gitops", folder);
  return readdirSync(path)
    .filter((name) => name.endsWith(".yaml"))
    .flatMap((name) => parseAllDocuments(readFileSync(join(path, name), "utf8")))
    .map((document): Manifest => {
      expect(document.errors).toEqual([]);
      return document.toJS();
    });
}

describe("the samples for GitOps", () => {
  it("are Applications and a ConfigMap for Argo CD", () => {
    const found = manifestsIn("argocd").map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(found.toSorted()).toEqual([
      "Application/gpu",
      "Application/hpc-park-crds",
      "ConfigMap/argocd-cm",
    ]);
  });

  it("wait for kinds that exist", () => {
    const known = kinds.map(({ group, version, kind }) => `${group}/${version} ${kind}`);
    const checks = manifestsIn("flux").flatMap(({ spec }) => spec?.healthChecks ?? []);
    expect(checks.length).toBeGreaterThan(0);
    for (const { apiVersion, kind } of checks) expect(known).toContain(`${apiVersion} ${kind}`);
  });
});

describe("docs/gitops.md", () => {
  const page = readFileSync(join(PROJECT, "docs/gitops.md"), "utf8");

  it("lists all that the operator writes to a resource beside its status", () => {
    const { finalizer, accountFinalizer, create, change, account } = metadataKeys(HPC_PARK_GROUP);
    for (const key of [finalizer, accountFinalizer, create, change, account])
      expect(page).toContain(`\`${key}\``);
    expect(page).toContain(`\`${ELEMENT_GROUP}/\``);
  });
});
