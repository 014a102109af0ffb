import { expect, it } from "vitest";
import { commandsIn } from "../../docs/commands.ts";

it("commands of a page are those of its sh blocks, documents and continued lines in one", () => {
  const page = [
    "```sh",
    "# a comment",
    "one --flag",
    "two <<'EOF'",
    "# part of it",
    "EOF",
    "",
    "three \\",
    "  | four",
    "```",
    "```yaml",
    "five: six",
    "```",
    "1. A list:",
    "",
    "   ```sh",
    "   seven",
    "   ```",
  ].join("\n");
  expect(commandsIn(page)).toEqual([
    "one --flag",
    "two <<'EOF'\n# part of it\nEOF",
    "three \\\n  | four",
    "seven",
  ]);
});
