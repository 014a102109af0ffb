import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { licenceFaults, type Manifest } from "./licence-faults.ts";
import { lockedPackages } from "./locked-packages.ts";

/** The project's own, and that of the programs which the bench compares with: those are run, never shipped. */
const LOCKFILES = [
  { folder: ".", isForTools: false },
  { folder: "test/bench/peers", isForTools: true },
];

/** Reads lockfiles and what is installed; asks no network. */
export async function projectLicenceFaults(
  project: string,
): Promise<{ readonly count: number; readonly faults: readonly string[] }> {
  let count = 0;
  const faults: string[] = [];
  for (const { folder, isForTools } of LOCKFILES) {
    const root = join(project, folder);
    const all = lockedPackages(await readFile(join(root, "package-lock.json"), "utf8"));
    const packages = isForTools ? all.map((one) => ({ ...one, isTool: true })) : all;
    count += packages.length;
    faults.push(...licenceFaults(packages, (path) => installed(join(root, path))));
  }
  return { count, faults };
}

/** Undefined where it is not installed: packages for other systems never are. */
function installed(folder: string): Manifest | undefined {
  const file = join(folder, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}
