import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../../project.ts";
import { bundled } from "../programs.ts";
import type { Edit, SeededBug } from "./seeded-bug.ts";

/** A copy of the operator with the bug in it, in one file. */
export async function programWith(bug: SeededBug): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "seeded-bug-"));
  try {
    const source = join(folder, "src");
    await cp(join(PROJECT, "src"), source, {
      recursive: true,
      filter: (path) => !path.includes("embedded"),
    });
    await symlink(join(PROJECT, "node_modules"), join(folder, "node_modules"));
    await cp(join(PROJECT, "package.json"), join(folder, "package.json"));
    for (const edit of bug.edits) await makeMistake(source, edit, bug.name);
    await requireNames(folder, bug.name);
    return await bundled(source);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function makeMistake(
  source: string,
  { file, find, replace }: Edit,
  name: string,
): Promise<void> {
  const path = join(source, file);
  const text = await readFile(path, "utf8");
  // A bug whose place has changed would prove nothing.
  if (!text.includes(find)) throw new Error(`${file} no longer holds the place of: ${name}`);
  await writeFile(
    path,
    text.replace(find, () => replace),
  );
}

/** Names that nothing has: a program with one breaks where it comes to it, whatever the mistake was to be. */
const UNKNOWN_NAME = /error TS(?:2304|2552|18004):/;

/** A bug that is caught because the program breaks proves nothing. Types may well be wrong: that is what mistakes are like. */
async function requireNames(folder: string, name: string): Promise<void> {
  const config = { extends: join(PROJECT, "tsconfig.json"), include: ["src"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(PROJECT, "node_modules/.bin/tsc");
  const { stdout } = spawnSync(tsc, ["--project", folder], { encoding: "utf8" });
  const unknown = stdout.split("\n").filter((line) => UNKNOWN_NAME.test(line));
  if (unknown.length > 0) throw new Error(`no program with: ${name}\n${unknown.join("\n")}`);
}
