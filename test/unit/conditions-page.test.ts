import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { REASONS } from "../../src/api/conditions.ts";

const page = readFileSync(new URL("../../docs/conditions.md", import.meta.url), "utf8");
const entries = [...page.matchAll(/^### (\w+)$/gm)].map(([, reason]) => String(reason));

describe("docs/conditions.md", () => {
  it("has one entry for every reason in the code, and no other", () => {
    expect(entries).toHaveLength(REASONS.length);
    expect(new Set(entries)).toEqual(new Set(REASONS));
  });
});
