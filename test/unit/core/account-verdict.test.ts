import { describe, expect, it } from "vitest";
import { type AccountState, judgeAccount } from "../../../src/core/account-verdict.ts";

const DAY_MS = 24 * 3_600_000;
const GOOD: AccountState = {
  summary: "the master token of user 7",
  isBound: true,
  isDeleting: false,
  users: [],
};
const BAD = { reason: "Unauthorized", message: "refused", isStalled: true } as const;
const AWAY = { reason: "Unreachable", message: "no answer", isStalled: false } as const;

function summaryOf(state: Partial<AccountState>): string[] {
  return judgeAccount({ ...GOOD, ...state }).map(
    ({ type, status, reason }) => `${type}=${status} ${reason}`,
  );
}

describe("judgeAccount", () => {
  it.each([
    ["a token that works", {}, ["Ready=True TokenAccepted", "Synced=True ReconcileSuccess"]],
    [
      "no token that works",
      { summary: undefined, problem: BAD },
      ["Ready=False Unauthorized", "Synced=False Unauthorized", "Stalled=True Unauthorized"],
    ],
    [
      "one of two tokens is bad: that can wait",
      { problem: BAD },
      ["Ready=True TokenAccepted", "Synced=False Unauthorized"],
    ],
    [
      "its server is away",
      { problem: AWAY },
      ["Ready=True TokenAccepted", "Synced=False Unreachable", "Reconciling=True Unreachable"],
    ],
    [
      "it is on its way out and in use",
      { isDeleting: true, users: ['HpcInstance "a"'] },
      ["Ready=True TokenAccepted", "Synced=False InUse", "Reconciling=True InUse"],
    ],
  ])("%s", (_, state, expected) => {
    expect(summaryOf(state).filter((one) => !one.startsWith("Trusted"))).toEqual(expected);
  });

  it("stalls and is not trusted where a token is another user's, though one works", () => {
    const distrust = "the token is of user 8";
    const problem = { reason: "AnotherUser", message: distrust, isStalled: true } as const;
    expect(summaryOf({ distrust, problem })).toEqual(
      expect.arrayContaining(["Stalled=True AnotherUser", "Trusted=False AnotherUser"]),
    );
  });

  it.each([
    [15 * DAY_MS, false],
    [14 * DAY_MS, true],
    [-DAY_MS, true],
  ])("warns 14 days before the token ends: %d ms", (expiresInMs, expected) => {
    expect(summaryOf({ expiresInMs }).includes("TokenExpiring=True TokenExpiring")).toBe(expected);
  });

  it("names ten users and counts the others", () => {
    const users = Array.from({ length: 12 }, (_, index) => `HpcInstance "${index}"`);
    const [message] = judgeAccount({ ...GOOD, isDeleting: true, users }).flatMap((one) =>
      one.type === "Synced" ? [one.message] : [],
    );
    expect(message).toContain('HpcInstance "9" and 2 more');
  });
});
