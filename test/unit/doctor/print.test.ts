import { describe, expect, it } from "vitest";
import { fault, ok, warning } from "../../../src/doctor/finding.ts";
import { asJson, asText } from "../../../src/doctor/print.ts";

const FOUND = [
  ok("cluster", "it answers"),
  fault("account", "no token", "make one"),
  warning("cluster", "it is old", "renew it"),
];

describe("findings", () => {
  it("are grouped for a person, each with what to do", () => {
    expect(asText(FOUND)).toBe(
      [
        "cluster",
        "  ✓ it answers",
        "  ! it is old",
        "      fix: renew it",
        "",
        "account",
        "  ✗ no token",
        "      fix: make one",
        "",
        "1 faults, 1 warnings",
        "",
      ].join("\n"),
    );
    expect(asText([ok("cluster", "it answers")])).toContain("all is well");
  });

  it("are data for a program", () => {
    expect(JSON.parse(asJson(FOUND))).toEqual({ healthy: false, findings: FOUND });
  });
});
