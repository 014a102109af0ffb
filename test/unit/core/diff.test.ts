import { describe, expect, it } from "vitest";
import { compare, describeDifferences, type Fields } from "../../../src/core/diff.ts";
import { KIND } from "./situations.ts";

const SAME: Fields = { power: "On", size: 4, type: "pytorch" };

function compared(desired: Fields, observed: Fields, setBack?: readonly string[]) {
  return compare(KIND.fields, KIND.operations, desired, observed, setBack);
}

describe("compare", () => {
  it("finds nothing where both sides agree", () => {
    expect(compared(SAME, { ...SAME })).toEqual({ fixed: [], shrinking: [] });
  });

  it("takes a field that either side leaves out for agreement", () => {
    expect(compared(SAME, {})).toEqual({ fixed: [], shrinking: [] });
    expect(compared({}, SAME)).toEqual({ fixed: [], shrinking: [] });
    expect(compared({ power: undefined }, { power: "Off" })).toEqual({ fixed: [], shrinking: [] });
  });

  it("tells null from absent: the provider said that there is none", () => {
    const rules = [
      { field: "namespaceId", path: "spec.namespaceId", change: "fixed", operationFor: () => "" },
    ] as const;
    const { fixed } = compare(rules, [], { namespaceId: 3 }, { namespaceId: null });
    expect(fixed).toEqual([
      { field: "namespaceId", path: "spec.namespaceId", desired: 3, observed: null },
    ]);
  });

  it("says which field is fixed since creation, and proposes nothing for it", () => {
    const { fixed, next } = compared({ type: "jupyter" }, SAME);
    expect(fixed.map(({ path }) => path)).toEqual(["spec.type"]);
    expect(next).toBeUndefined();
  });

  it("lets grow and does not let shrink", () => {
    expect(compared({ size: 8 }, SAME).next?.operation).toBe("resources");
    const smaller = compared({ size: 2 }, SAME);
    expect(smaller.next).toBeUndefined();
    expect(smaller.shrinking).toMatchObject([{ desired: 2, observed: 4 }]);
  });

  it("proposes the first operation of the kind's order, whatever the order of the fields", () => {
    expect(compared({ power: "Off", size: 8 }, SAME).next?.operation).toBe("powerOff");
    const off = { ...SAME, power: "Off" };
    expect(compared({ power: "On", size: 8 }, off).next?.operation).toBe("resources");
    expect(compared({ power: "On", size: 4 }, off).next?.operation).toBe("powerOn");
  });

  it("gathers all fields that one operation brings about", () => {
    const rules = ["a", "b"].map((field) => ({
      field,
      path: `spec.${field}`,
      change: "free" as const,
      operationFor: () => "resources",
    }));
    const { next } = compare(rules, ["resources"], { a: 1, b: 2 }, { a: 9, b: 9 });
    expect(next?.differences.map(({ field }) => field)).toEqual(["a", "b"]);
  });

  it.each([
    [[1, 2], [2, 1], true],
    [[1, 1, 2], [1, 2], true],
    [[], [], true],
    [[1], [], false],
    [[], [1], false],
    [[1], [2], false],
    [["1"], [1], false],
  ])("takes lists for sets: %j and %j", (desired, observed, isSame) => {
    const rules = [
      { field: "ids", path: "spec.ids", change: "free", operationFor: () => "resources" },
    ] as const;
    const { next } = compare(rules, ["resources"], { ids: desired }, { ids: observed });
    expect(next === undefined).toBe(isSame);
  });
});

describe("compare, where an operation has come to nothing", () => {
  const observed = { power: "Off", size: 4, type: "pytorch" };

  it("does not propose it again, and says so", () => {
    expect(compared({ size: 8 }, SAME, ["resources"])).toEqual({
      fixed: [],
      shrinking: [],
      isSetBack: true,
    });
  });

  it("goes on with the next in the kind's order", () => {
    const { next, isSetBack } = compared({ power: "On", size: 8 }, observed, ["resources"]);
    expect([next?.operation, isSetBack]).toEqual(["powerOn", true]);
  });

  it("goes on with none where all have", () => {
    const both = compared({ power: "On", size: 8 }, observed, ["resources", "powerOn"]);
    expect([both.next, both.isSetBack]).toEqual([undefined, true]);
  });

  it("says nothing of what is wanted no more", () => {
    expect(compared({ power: "On" }, observed, ["resources"])).toMatchObject({
      next: { operation: "powerOn" },
    });
    expect(compared(SAME, SAME, ["resources"])).not.toHaveProperty("isSetBack");
  });

  it("still says what is fixed and what would shrink", () => {
    const { fixed, shrinking } = compared({ type: "jupyter", size: 2 }, SAME, ["resources"]);
    expect([fixed.length, shrinking.length]).toEqual([1, 1]);
  });
});

describe("describeDifferences", () => {
  it("says where, from what, to what", () => {
    const { next } = compared({ size: 8 }, SAME);
    expect(describeDifferences(next?.differences ?? [])).toBe("spec.size 4 → 8");
  });
});
