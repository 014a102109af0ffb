import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { commandsIn } from "../docs/commands.ts";
import { readPage } from "../docs/pages.ts";
import { PROJECT } from "../project.ts";

/** It takes less than a minute on two cores that have nothing else to do. */
const LIMIT_MS = 240_000;

describe("the demo", () => {
  it(
    "is the README's first command, plays to its end, and leaves nothing behind",
    { timeout: LIMIT_MS },
    async () => {
      const command = commandsIn(readPage("README.md")).find((one) => one === "npm run demo");
      const args = ["-c", `${command} -- --exit`];
      const { stdout } = await promisify(execFile)("bash", args, { cwd: PROJECT });

      expect(stdout).toContain("Neither HPC Park nor the panel holds anything any more.");
      expect(stdout.trimEnd().split("\n").at(-1)).toBe("Nothing is left running.");
    },
  );
});
