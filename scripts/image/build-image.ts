import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readCommand } from "../../src/embedded/control-plane/run-command.ts";
import { writeSbom } from "../sbom/write-sbom.ts";

export const PROJECT = join(import.meta.dirname, "../..");

/** The Dockerfile's arguments. */
export interface BuildArguments {
  readonly BASE_IMAGE: string;
  /** `context`: the bundle is made outside, for engines that reach no package registry. */
  readonly BUNDLE: "build" | "context";
}

/** Everything that the Dockerfile is to be told, and the bundle where it is to be made here. */
export async function prepareBuild(given: BuildArguments): Promise<Record<string, string>> {
  if (given.BUNDLE === "context") await writeSbom(PROJECT, join(PROJECT, "dist/operator.mjs"));
  const { version }: { version: string } = JSON.parse(
    await readFile(join(PROJECT, "package.json"), "utf8"),
  );
  const revision = await readCommand("git", ["-C", PROJECT, "rev-parse", "HEAD"]).catch(
    () => "unknown",
  );
  return {
    ...given,
    VERSION: version,
    REVISION: revision.trim(),
    CREATED: new Date().toISOString(),
  };
}
