import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lockedPackages } from "../../../scripts/audit/locked-packages.ts";
import { ENVIRONMENT, NODE_ARGUMENTS } from "../../../scripts/bundle.ts";
import { standardBase } from "../../../scripts/image/base-image.ts";
import { PROJECT } from "../../project.ts";

const dockerfile = await readFile(join(PROJECT, "Dockerfile"), "utf8");
const stages = dockerfile.split(/^FROM /m).slice(1);
const last = stages.at(-1) ?? "";

/** The words of an instruction that is written as a list, without a shell. */
function listOf(stage: string, instruction: string): readonly string[] {
  const list = new RegExp(`^${instruction} (\\[.+\\])$`, "m").exec(stage)?.[1];
  if (list === undefined) throw new Error(`no ${instruction} is written as a list`);
  return JSON.parse(list);
}

describe("the Dockerfile", () => {
  it("builds on the Node that the lockfile names, which is the one of the tests", async () => {
    const locked = lockedPackages(await readFile(join(PROJECT, "package-lock.json"), "utf8"));
    const versions = locked.filter(({ name }) => name.startsWith("node-linux-"));

    expect(new Set(versions.map(({ version }) => version))).toEqual(
      new Set([process.versions.node]),
    );
    expect(versions).toHaveLength(2);
    expect(standardBase()).toBe(`node:${process.versions.node}-bookworm-slim`);
  });

  it("takes every base from the argument, so that a digest can be given", () => {
    const bases = stages.map((stage) => stage.split("\n")[0]?.replace(/ AS .*/, ""));

    expect(new Set(bases)).toEqual(
      new Set(["--platform=$BUILDPLATFORM ${BASE_IMAGE}", "scratch", "${BUNDLE}", "${BASE_IMAGE}"]),
    );
  });

  it("runs as a number that is not root's, without a shell, and with what is measured", () => {
    expect(last).toMatch(/^USER 65532:65532$/m);
    expect(last).not.toMatch(/^RUN /m);
    expect(listOf(last, "ENTRYPOINT")).toEqual(expect.arrayContaining([...NODE_ARGUMENTS]));
    for (const [name, value] of Object.entries(ENVIRONMENT))
      expect(last).toMatch(new RegExp(`^ENV .*\\b${name}=${value}\\b`, "m"));
  });

  it("compiles ahead as it runs: the same arguments, the same user", () => {
    const compiled = stages.find((stage) => stage.includes(" AS compiled")) ?? "";

    expect(listOf(compiled, "RUN")).toEqual([...listOf(last, "ENTRYPOINT"), "--help"]);
    expect(compiled).toMatch(/^USER 65532:65532$/m);
  });
});
