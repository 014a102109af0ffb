import { join } from "node:path";
import { isExecutable } from "./control-plane-assets.ts";

/** The first executable of that name in the directories of PATH. */
export async function findExecutable(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  for (const directory of (env["PATH"] ?? "").split(":")) {
    if (directory === "") continue;
    const path = join(directory, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}
