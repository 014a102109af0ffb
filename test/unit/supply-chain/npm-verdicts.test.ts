import { describe, expect, it } from "vitest";
import { judgeAdvisories, judgeSignatures } from "../../../scripts/audit/npm-verdicts.ts";

const UNREACHABLE = JSON.stringify({
  error: { code: "ENOTFOUND", summary: "request failed, reason: getaddrinfo ENOTFOUND keys.test" },
});
const REFUSED = JSON.stringify({
  message: "405 Method Not Allowed",
  error: { summary: "", detail: "" },
});

describe("judgeSignatures", () => {
  it("is content where nothing is wrong and nothing missing", () => {
    const output = JSON.stringify({ invalid: [], missing: [], verified: [{ name: "got" }] });

    expect(judgeSignatures(output)).toEqual({
      outcome: "good",
      lines: [expect.stringContaining("1 say where they were built")],
    });
  });

  it.each([
    ["a signature that is wrong", { invalid: [{ name: "got", version: "1.0.0" }], missing: [] }],
    ["one that should be there", { invalid: [], missing: [{ name: "got", version: "1.0.0" }] }],
  ])("fails for %s, and names the package", (_what, output) => {
    const { outcome, lines } = judgeSignatures(JSON.stringify(output));

    expect(outcome).toBe("bad");
    expect(lines.join("\n")).toContain("got@1.0.0");
  });

  it.each([
    ["a registry that is out of reach", UNREACHABLE, "ENOTFOUND"],
    ["an npm that was ended", "spawn npm ETIMEDOUT\nand more", "spawn npm ETIMEDOUT"],
    ["no word at all", "", "npm said nothing"],
    ["an answer of another form", "[]", "[]"],
    ["half an answer", '{"invalid":[]}', "invalid"],
  ])("has checked nothing with %s, and says why in one line", (_what, output, reason) => {
    const { outcome, lines } = judgeSignatures(output);

    expect(outcome).toBe("not-checked");
    expect(lines).toEqual([expect.stringContaining(reason)]);
    expect(lines.join()).not.toContain("\n");
  });
});

describe("judgeAdvisories", () => {
  it.each([
    ["none", {}, "good"],
    ["a moderate one", { got: { severity: "moderate" } }, "good"],
    ["a high one", { got: { severity: "high" } }, "bad"],
    [
      "a critical one among others",
      { a: { severity: "low" }, got: { severity: "critical" } },
      "bad",
    ],
  ])("with %s", (_what, vulnerabilities, outcome) => {
    const verdict = judgeAdvisories(JSON.stringify({ vulnerabilities }));

    expect(verdict.outcome).toBe(outcome);
    for (const name of Object.keys(vulnerabilities))
      expect(verdict.lines.join("\n")).toContain(`${name}: an advisory`);
  });

  it("has checked nothing where the registry refuses", () => {
    expect(judgeAdvisories(REFUSED)).toEqual({
      outcome: "not-checked",
      lines: ["405 Method Not Allowed"],
    });
  });
});
