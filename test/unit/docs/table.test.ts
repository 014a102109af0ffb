import { describe, expect, it } from "vitest";
import { commandsIn } from "../../docs/commands.ts";
import { readPage } from "../../docs/pages.ts";
import { rowFor, TABLE, TYPED_PAGES } from "../../integration/page-table.ts";

const COMMANDS = TYPED_PAGES.flatMap((page) => commandsIn(readPage(page)));

describe("the table of how commands are run", () => {
  it.each(COMMANDS)("has a row for: %s", (command) => {
    expect(rowFor(command)).toBeDefined();
  });

  it("has no row that no page needs", () => {
    const needed = new Set(COMMANDS.map((command) => rowFor(command)));
    expect(TABLE.filter((row) => !needed.has(row))).toEqual([]);
  });

  it("runs nothing that it was not told of", () => {
    for (const command of ["helm list", "curl https://hpc-park.ru", "kubectl-plugin", ""])
      expect(rowFor(command)).toBeUndefined();
  });
});
