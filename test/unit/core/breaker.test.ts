import { describe, expect, it } from "vitest";
import { type BreakerState, judgeList, TRUSTED } from "../../../src/core/breaker.ts";

const isSuspect = (state: BreakerState): boolean => state.suspicion !== undefined;

describe("judgeList", () => {
  it.each([
    [6, 5, false, "five missing are people at work in the panel"],
    [2, 2, true, "all of several are more than people do by chance"],
    [1, 1, false, "the only one may well have been deleted"],
    [6, 6, true, "six of six are too many"],
    [100, 30, false, "30 % are tolerated"],
    [100, 31, true, "more than 30 % are not"],
    [20, 6, false, "the larger of the two bounds counts"],
    [0, 0, false, "where nothing is known nothing can be missing"],
  ])("%d known, %d missing: suspect %s, for %s", (known, missing, expected) => {
    expect(isSuspect(judgeList(TRUSTED, known, missing))).toBe(expected);
  });

  it("says how much is missing and what to check", () => {
    expect(judgeList(TRUSTED, 10, 8).suspicion).toMatch(/lists 2 of 10 known things.*token/);
  });

  it("trusts again only after two agreeing lists in a row", () => {
    const suspect = judgeList(TRUSTED, 10, 10);
    const once = judgeList(suspect, 10, 0);
    const relapsed = judgeList(once, 10, 10);
    const onceAgain = judgeList(relapsed, 10, 0);
    expect([suspect, once, relapsed, onceAgain].map(isSuspect)).toEqual([true, true, true, true]);
    expect(judgeList(onceAgain, 10, 0)).toEqual(TRUSTED);
  });

  it("keeps saying why until then", () => {
    const suspect = judgeList(TRUSTED, 10, 10);
    expect(judgeList(suspect, 10, 0).suspicion).toBe(suspect.suspicion);
  });
});
