import { describe, expect, it } from "vitest";
import { backoffMs } from "../../../src/core/backoff.ts";

const LIMITS = { baseMs: 100, capMs: 1_000 };
/** The largest result is that of a random number just below 1. */
const MOST = 1;

describe("backoffMs", () => {
  it("doubles with each failure up to the cap", () => {
    const waits = [1, 2, 3, 4, 5, 6].map((failures) => backoffMs(LIMITS, failures, MOST));
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it("spreads over the upper half", () => {
    expect(backoffMs(LIMITS, 1, 0)).toBe(50);
    expect(backoffMs(LIMITS, 1, 0.5)).toBe(75);
  });

  it.each([0, -1])("takes %d failures for the first", (failures) => {
    expect(backoffMs(LIMITS, failures, MOST)).toBe(100);
  });

  it("stays at the cap after any number of failures", () => {
    expect(backoffMs(LIMITS, 1_000_000, MOST)).toBe(1_000);
  });
});
