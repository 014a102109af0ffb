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
