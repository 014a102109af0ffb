import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Metafile } from "esbuild";
import { lockedPackages } from "../audit/locked-packages.ts";
import { bundle } from "../bundle.ts";
import { completeSbom } from "./complete-sbom.ts";

const require = createRequire(import.meta.url);

/** Bundles the operator, and writes beside the bundle what it is made of, as CycloneDX. */
export async function writeSbom(
  project: string,
  outfile: string,
): Promise<{ readonly file: string; readonly components: number }> {
  const file = join(dirname(outfile), `${basename(outfile, ".mjs")}.cdx.json`);
  const metafile = await bundle(join(project, "src/main.ts"), outfile);
  const sbom = completeSbom(JSON.parse(await describe(metafile, project)), {
    locked: lockedPackages(await readFile(join(project, "package-lock.json"), "utf8")),
    nodeVersion: process.versions.node,
    sourceDateEpoch: process.env["SOURCE_DATE_EPOCH"],
  });
  await writeFile(file, `${JSON.stringify(sbom, null, 2)}\n`);
  return { file, components: sbom.components.length };
}

async function describe(metafile: Metafile, project: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sbom-"));
  try {
    const [input, output] = [join(folder, "metafile.json"), join(folder, "sbom.json")];
    await writeFile(input, JSON.stringify(metafile));
    const args = [
      ["--spec-version", "1.6"],
      ["--build-working-dir", project],
      ["--output-file", output],
      "--output-reproducible",
      // What is passed on has to be passed on with the words of its licence.
      "--gather-license-texts",
      input,
    ].flat();
    const main = require.resolve("@cyclonedx/cyclonedx-esbuild");
    const tool = join(dirname(main), "../bin/cyclonedx-esbuild-cli.js");
    await promisify(execFile)(process.execPath, [tool, ...args]);
    return await readFile(output, "utf8");
  } finally {
    await rm(folder, { recursive: true });
  }
}
