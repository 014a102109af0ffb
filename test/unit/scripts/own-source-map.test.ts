import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { decode, encode } from "@jridgewell/sourcemap-codec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../../scripts/bundle.ts";
import { ownSourceMap } from "../../../scripts/own-source-map.ts";

const OWN = `import { call } from "vendor";

export function askVendor(): void {
  call((): never => {
    throw new Error("on purpose");
  });
}
`;
/** Comes before the package in the bundle. */
const FIRST = `process.title = "first";
`;
const MAIN = `import "./first.ts";
import { askVendor } from "./ask-vendor.ts";

askVendor();
`;
const VENDOR = `export function call(what) {
  what();
}
`;

describe("the source map of a bundle", () => {
  let folder: string;
  let stack: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "source-map-test-"));
    const vendor = join(folder, "node_modules/vendor");
    await mkdir(vendor, { recursive: true });
    await writeFile(join(vendor, "package.json"), `{"type":"module","main":"index.js"}`);
    await writeFile(join(vendor, "index.js"), VENDOR);
    await writeFile(join(folder, "ask-vendor.ts"), OWN);
    await writeFile(join(folder, "first.ts"), FIRST);
    await writeFile(join(folder, "main.ts"), MAIN);
    const program = join(folder, "out/program.mjs");
    await bundle(join(folder, "main.ts"), program);
    const running = promisify(execFile)(process.execPath, ["--enable-source-maps", program]);
    const { stderr }: { stderr: string } = await running.then(
      () => Promise.reject(new Error("it did not throw")),
      (error) => error,
    );
    stack = stderr.split("\n").filter((line) => line.trim().startsWith("at "));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it("leads to the lines of our own files", () => {
    expect(stack[0]).toContain("ask-vendor.ts:5:5");
    expect(stack[2]).toContain("ask-vendor.ts:4:3");
    expect(stack[3]).toContain("main.ts:4:1");
  });

  it("leaves a package's frame where it is in the bundle, and takes it for none of ours", () => {
    expect(stack[1]).toMatch(/at call .*program\.mjs:\d+:\d+/);
  });

  it("holds nothing of packages, and no text of the sources", async () => {
    const map = JSON.parse(await readFile(join(folder, "out/program.mjs.map"), "utf8"));

    expect(map.sources).toEqual(["../first.ts", "../ask-vendor.ts", "../main.ts"]);
    expect(map).not.toHaveProperty("sourcesContent");
  });
});

describe("ownSourceMap", () => {
  it("ends what is ours where a package begins, on a line of its own, too, and only once", () => {
    const sources = ["../node_modules/a/a.js", "../src/b.ts"];
    const lines = encode([
      [
        [4, 0, 7, 7],
        [9, 1, 1, 1],
      ],
      [],
      [
        [2, 0, 8, 8],
        [5, 0, 9, 9],
      ],
    ]);

    const map = JSON.parse(ownSourceMap(JSON.stringify({ version: 3, sources, mappings: lines })));

    expect(map.sources).toEqual(["../src/b.ts"]);
    expect(decode(map.mappings)).toEqual([[[9, 0, 1, 1]], [], [[2]]]);
  });

  it("keeps the beginning of each line, and begins anew after a package", () => {
    const sources = ["../node_modules/a/a.js", "../src/b.ts"];
    const lines = encode([
      [
        [0, 1, 5, 2],
        [3, 1, 5, 9],
        [4, 1, 6, 0],
        [6, 0, 1, 1],
        [8, 1, 6, 4],
      ],
    ]);

    const map = JSON.parse(ownSourceMap(JSON.stringify({ version: 3, sources, mappings: lines })));

    expect(decode(map.mappings)).toEqual([[[0, 0, 5, 2], [4, 0, 6, 0], [6], [8, 0, 6, 4]]]);
  });
});
