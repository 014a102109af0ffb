import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SEEDED_BUGS } from "../../faults/seeded-bugs/all.ts";
import { PROJECT } from "../../project.ts";

describe("the place of a seeded bug", () => {
  it.each(SEEDED_BUGS.map((bug) => [bug.name, bug] as const))("%s", async (_, { edits }) => {
    for (const { file, find } of edits)
      expect(await readFile(join(PROJECT, "src", file), "utf8")).toContain(find);
  });
});
