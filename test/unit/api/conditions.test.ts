import { describe, expect, it } from "vitest";
import {
  type Condition,
  type ConditionClaim,
  findCondition,
  mergeConditions,
  REASONS,
} from "../../../src/api/conditions.ts";

const EARLIER = "2026-01-01T00:00:00Z";
const NOW = "2026-02-02T00:00:00Z";

function claim(
  type: ConditionClaim["type"],
  changes: Partial<ConditionClaim> = {},
): ConditionClaim {
  return { type, status: "True", reason: "Available", message: "running", ...changes };
}

function condition(type: string, changes: Partial<Condition> = {}): Condition {
  return {
    type,
    status: "True",
    reason: "Available",
    message: "running",
    lastTransitionTime: EARLIER,
    observedGeneration: 1,
    ...changes,
  };
}

const merge = (written: readonly Condition[] | undefined, ...claims: ConditionClaim[]) =>
  mergeConditions(written, claims, 2, NOW);

describe("mergeConditions", () => {
  it("writes a first claim with time and generation", () => {
    expect(merge(undefined, claim("Ready"))).toEqual([
      condition("Ready", { lastTransitionTime: NOW, observedGeneration: 2 }),
    ]);
  });

  it("keeps the time while only the words change", () => {
    const [ready] = merge(
      [condition("Ready")],
      claim("Ready", { reason: "Updating", message: "x" }),
    );
    expect(ready).toMatchObject({
      reason: "Updating",
      message: "x",
      lastTransitionTime: EARLIER,
      observedGeneration: 2,
    });
  });

  it.each(["False", "Unknown"] as const)("sets the time when the status turns %s", (status) => {
    const [ready] = merge([condition("Ready")], claim("Ready", { status }));
    expect(ready).toMatchObject({ status, lastTransitionTime: NOW });
  });

  it("keeps Ready and Synced where nothing is claimed of them", () => {
    const written = [condition("Ready"), condition("Synced")];
    expect(merge(written)).toEqual(written);
  });

  it("lists Reconciling and Stalled only while they are claimed", () => {
    const written = [condition("Ready"), condition("Reconciling"), condition("Stalled")];
    const types = merge(written, claim("Stalled")).map(({ type }) => type);
    expect(types).toEqual(["Ready", "Stalled"]);
  });

  it("has a fixed order, whatever the order of the claims, and leaves others' last", () => {
    const others = [condition("example.com/Checked"), condition("Synced")];
    const merged = merge(others, claim("Stalled"), claim("Reconciling"), claim("Ready"));
    expect(merged.map(({ type }) => type)).toEqual([
      "Ready",
      "Synced",
      "Reconciling",
      "Stalled",
      "example.com/Checked",
    ]);
    expect(findCondition(merged, "Ready")?.lastTransitionTime).toBe(NOW);
    expect(merged.at(-1)).toBe(others[0]);
  });

  it("comes to the same again when it is asked again", () => {
    const claims = [claim("Ready"), claim("Synced"), claim("Reconciling")];
    const once = merge(undefined, ...claims);
    expect(mergeConditions(once, claims, 2, "much later")).toEqual(once);
  });
});

describe("REASONS", () => {
  it("are CamelCase words, each once, as Kubernetes wants them", () => {
    for (const reason of REASONS) expect(reason).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(new Set(REASONS).size).toBe(REASONS.length);
  });
});
