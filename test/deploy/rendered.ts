import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { PROJECT } from "../project.ts";
import { kustomize } from "./kustomize.ts";

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
  readonly [field: string]: unknown;
}

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** What kustomize makes of a folder of deploy/. */
export function rendered(folder: string): Promise<readonly Manifest[]> {
  return kustomize(join(PROJECT, "deploy", folder));
}

/** What the kubectl on this machine's path makes of it; undefined where its kustomize is too old for our files, or there is none. */
export async function renderedByKubectl(folder: string): Promise<readonly Manifest[] | undefined> {
  const run = promisify(execFile);
  const { stdout: version } = await run("kubectl", ["version", "--client"]).catch(() => ({
    stdout: "",
  }));
  if (!/Kustomize Version: v[5-9]/.test(version)) return undefined;
  const options = { maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await run("kubectl", ["kustomize", join(PROJECT, "deploy", folder)], options);
  return parseAllDocuments(stdout, { version: "1.1" }).map((one): Manifest => one.toJSON());
}

/** As `patch hpcinstances.hpc-park.ru/status`, one for each verb. */
export function grantsIn(manifests: readonly Manifest[]): ReadonlySet<string> {
  const rules = manifests.flatMap((manifest) => manifest.rules ?? []);
  return new Set(
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => grantOf(verb, group, resource))),
      ),
    ),
  );
}

export function grantOf(verb: string, group: string, resource: string): string {
  const [name = "", sub] = resource.split("/");
  const type = group === "" ? name : `${name}.${group}`;
  return sub === undefined ? `${verb} ${type}` : `${verb} ${type}/${sub}`;
}
