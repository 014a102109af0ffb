import { describe, expect, it } from "vitest";
import type { ConditionClaim } from "../../../src/api/conditions.ts";
import {
  type FailureContext,
  type FailureKind,
  judge,
  TICKS_UNTIL_UNKNOWN,
} from "../../../src/core/failure.ts";
import { TIMING } from "./situations.ts";

const UNREAD_MS = TICKS_UNTIL_UNKNOWN * TIMING.restMs;
const CONTEXT: FailureContext = {
  timing: TIMING,
  hasThing: true,
  hasReady: true,
  unseenForMs: 0,
  failures: 1,
  random: 0,
};

function judged(kind: FailureKind, context: Partial<FailureContext> = {}, retryAfterMs?: number) {
  const failure = { kind, message: "said the provider" };
  return judge(retryAfterMs === undefined ? failure : { ...failure, retryAfterMs }, {
    ...CONTEXT,
    ...context,
  });
}

function claimOf(claims: readonly ConditionClaim[], type: string): ConditionClaim | undefined {
  return claims.find((claim) => claim.type === type);
}

describe("judge", () => {
  it.each<[FailureKind, string, "Stalled" | "Reconciling"]>([
    ["unauthorized", "Unauthorized", "Stalled"],
    ["forbidden", "Forbidden", "Stalled"],
    ["invalid", "Refused", "Stalled"],
    ["precondition", "PreconditionFailed", "Stalled"],
    ["quota", "QuotaExceeded", "Stalled"],
    ["conflict", "Conflict", "Reconciling"],
    ["rate-limited", "RateLimited", "Reconciling"],
    ["unavailable", "Unreachable", "Reconciling"],
    ["unknown-outcome", "OutcomeUnknown", "Reconciling"],
  ])("%s reads %s and is %s", (kind, reason, flag) => {
    const { claims } = judged(kind);
    expect(claimOf(claims, flag)).toMatchObject({ status: "True", reason });
    expect(claimOf(claims, "Synced")).toMatchObject({
      status: kind === "unknown-outcome" ? "Unknown" : "False",
      reason,
    });
    expect(claimOf(claims, "Synced")?.message).toMatch(/^said the provider;/);
    expect(claims.map(({ type }) => type)).not.toContain(
      flag === "Stalled" ? "Reconciling" : "Stalled",
    );
  });

  it.each<[FailureKind, string]>([
    ["unauthorized", "give the operator a valid token"],
    ["forbidden", "have the user of the account given the right to do that"],
    ["invalid", "change the spec"],
    ["precondition", "it is tried again, ever more slowly"],
    ["quota", "free some of it, or have the limit or the balance raised"],
  ])("of %s says what a person can do", (kind, advice) => {
    const { claims } = judged(kind);
    expect(claimOf(claims, "Stalled")?.message).toBe(`said the provider; ${advice}`);
  });

  it("of what was refused before anything was made knows the way round fields that nobody can change", () => {
    const { claims } = judged("invalid", { hasThing: false });
    expect(claimOf(claims, "Stalled")?.message).toBe(
      "said the provider; change the spec, or delete this resource and apply it again",
    );
  });

  it("is not ready where nothing is recorded", () => {
    const { claims } = judged("unavailable", { hasThing: false });
    expect(claimOf(claims, "Ready")).toMatchObject({ status: "False" });
  });

  it("says that Ready is unknown where nothing was ever said of it", () => {
    const { claims } = judged("unavailable", { hasReady: false });
    expect(claimOf(claims, "Ready")).toMatchObject({ status: "Unknown" });
  });

  it("lets Ready stand while the thing was seen of late", () => {
    expect(claimOf(judged("unavailable", { unseenForMs: UNREAD_MS }).claims, "Ready")).toBe(
      undefined,
    );
  });

  it("shows Unknown once the thing was not read for two ticks", () => {
    const { claims } = judged("unavailable", { unseenForMs: UNREAD_MS + 1 });
    expect(claimOf(claims, "Ready")).toMatchObject({ status: "Unknown", reason: "Unreachable" });
  });

  it("looks again at once where an outcome is unknown, however often it failed", () => {
    const { requeueAfterMs } = judged("unknown-outcome", { failures: 20 }, 600_000);
    expect(requeueAfterMs).toBe(TIMING.activeMs);
  });

  it("asks quickly for what may pass, and seldom for what a human must mend", () => {
    const without = { hasThing: false };
    expect(judged("unavailable", without).requeueAfterMs).toBe(TIMING.activeMs / 2);
    for (const kind of ["quota", "forbidden", "precondition"] as const)
      expect(judged(kind, without).requeueAfterMs).toBe(TIMING.restMs);
  });

  it("slows down with each failure, up to a bound", () => {
    const waitMs = (kind: FailureKind, failures: number): number =>
      judged(kind, { hasThing: false, failures, random: 1 }).requeueAfterMs;
    expect(waitMs("unavailable", 2)).toBe(2 * TIMING.activeMs);
    expect(waitMs("unavailable", 50)).toBe(2 * TIMING.restMs);
    expect(waitMs("invalid", 50)).toBe(20 * TIMING.restMs);
  });

  it("asks for nothing twice before its time, however early it comes back to look", () => {
    const refused = judged("forbidden", { hasThing: true, failures: 50, random: 1 });
    expect(refused.requeueAfterMs).toBeLessThanOrEqual(3 * TIMING.restMs);
    expect(refused.notAgainForMs).toBe(20 * TIMING.restMs);
    // What may pass by itself is tried as soon as there is a reason to.
    for (const kind of ["unavailable", "conflict", "rate-limited", "unknown-outcome"] as const)
      expect(judged(kind, { failures: 50 }).notAgainForMs).toBeUndefined();
  });

  it("waits as long as the provider asks", () => {
    const { requeueAfterMs } = judged("rate-limited", { hasThing: false }, 77_000);
    expect(requeueAfterMs).toBe(77_000);
  });

  it("comes back in time to turn Ready to Unknown, whatever else is waited for", () => {
    const { requeueAfterMs } = judged("rate-limited", { unseenForMs: UNREAD_MS - 100 }, 600_000);
    expect(requeueAfterMs).toBe(100 + TIMING.activeMs);
  });

  it("has no reason to come back early once Ready is Unknown", () => {
    const { requeueAfterMs } = judged("rate-limited", { unseenForMs: UNREAD_MS }, 600_000);
    expect(requeueAfterMs).toBe(600_000);
  });
});
