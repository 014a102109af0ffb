import type { ConditionClaim, Reason } from "../api/conditions.ts";
import { backoffMs } from "./backoff.ts";
import { claim } from "./decision.ts";
import type { Timing } from "./situation.ts";

/** Every way in which a provider can fail, named after what is to be done about it. */
export type FailureKind =
  | "unauthorized"
  | "forbidden"
  | "invalid"
  | "precondition"
  | "conflict"
  | "rate-limited"
  | "quota"
  | "unavailable"
  | "unknown-outcome";

export interface Failure {
  readonly kind: FailureKind;
  /** The provider's own words, cut and cleaned. */
  readonly message: string;
  /** How long the provider asked to wait. */
  readonly retryAfterMs?: number;
}

export interface FailureContext {
  readonly timing: Timing;
  /** A remote thing is recorded, so that `Ready` says something about it. */
  readonly hasThing: boolean;
  /** `Ready` is written already, and stays as it is while the thing was seen lately. */
  readonly hasReady: boolean;
  /** How long ago the remote side was last seen whole. */
  readonly unseenForMs: number;
  /** Failures in a row, this one included. */
  readonly failures: number;
  readonly random: number;
}

export interface Verdict {
  readonly claims: readonly ConditionClaim[];
  readonly requeueAfterMs: number;
  /** For so long the same is not asked for again, whatever brings the resource back. Left out where it may pass by itself. */
  readonly notAgainForMs?: number;
}

interface Treatment {
  readonly reason: Reason;
  readonly advice: string;
  /** Where nothing is recorded: most of what a thing is made from the API server lets nobody change, and nothing is lost with the resource. */
  readonly adviceBeforeThing?: string;
  /** `Stalled`: a human must change something. `Reconciling`: it may pass by itself. */
  readonly flag: "Stalled" | "Reconciling";
  /** `quick` starts at the active interval, `slow` at two ticks: what a human must mend is not asked for often. */
  readonly pace: "quick" | "slow";
}

const TREATMENTS: Readonly<Record<FailureKind, Treatment>> = {
  unauthorized: {
    reason: "Unauthorized",
    advice: "; give the operator a valid token",
    flag: "Stalled",
    pace: "slow",
  },
  forbidden: {
    reason: "Forbidden",
    advice: "; have the user of the account given the right to do that",
    flag: "Stalled",
    pace: "slow",
  },
  invalid: {
    reason: "Refused",
    advice: "; change the spec",
    adviceBeforeThing: "; change the spec, or delete this resource and apply it again",
    flag: "Stalled",
    pace: "slow",
  },
  // What is to be done the provider's words say, and whoever knows more of it adds that.
  precondition: {
    reason: "PreconditionFailed",
    advice: "; it is tried again, ever more slowly",
    flag: "Stalled",
    pace: "slow",
  },
  conflict: { reason: "Conflict", advice: "; trying again", flag: "Reconciling", pace: "quick" },
  "rate-limited": {
    reason: "RateLimited",
    advice: "; trying again",
    flag: "Reconciling",
    pace: "quick",
  },
  quota: {
    reason: "QuotaExceeded",
    advice: "; free some of it, or have the limit or the balance raised",
    flag: "Stalled",
    pace: "slow",
  },
  unavailable: {
    reason: "Unreachable",
    advice: "; trying again",
    flag: "Reconciling",
    pace: "quick",
  },
  "unknown-outcome": {
    reason: "OutcomeUnknown",
    advice: "; looking for what became of it",
    flag: "Reconciling",
    pace: "quick",
  },
};

/** How many ticks a remote thing may go unread before `Ready` turns Unknown. */
export const TICKS_UNTIL_UNKNOWN = 2;

/** The one place that says what a failure means for the conditions and for the next try. */
export function judge(failure: Failure, context: FailureContext): Verdict {
  const treatment = TREATMENTS[failure.kind];
  const { reason, advice, adviceBeforeThing = advice } = treatment;
  const word = [
    reason,
    `${failure.message}${context.hasThing ? advice : adviceBeforeThing}`,
  ] as const;
  const isOutcomeOpen = failure.kind === "unknown-outcome";
  const waitMs = waitAfter(failure, treatment.pace, context);
  return {
    claims: [
      ...readiness(word, context),
      claim("Synced", isOutcomeOpen ? "Unknown" : "False", word),
      claim(treatment.flag, "True", word),
    ],
    requeueAfterMs: isOutcomeOpen ? context.timing.activeMs : inTimeForUnknown(waitMs, context),
    ...(treatment.pace === "slow" ? { notAgainForMs: waitMs } : {}),
  };
}

function readiness(
  word: readonly [Reason, string],
  { hasThing, hasReady, unseenForMs, timing }: FailureContext,
): ConditionClaim[] {
  if (!hasThing) return [claim("Ready", "False", word)];
  const isUnread = unseenForMs > TICKS_UNTIL_UNKNOWN * timing.restMs;
  return isUnread || !hasReady ? [claim("Ready", "Unknown", word)] : [];
}

function waitAfter(
  failure: Failure,
  pace: "quick" | "slow",
  { timing, failures, random }: FailureContext,
): number {
  const limits =
    pace === "quick"
      ? { baseMs: timing.activeMs, capMs: 2 * timing.restMs }
      : { baseMs: 2 * timing.restMs, capMs: 20 * timing.restMs };
  return Math.max(backoffMs(limits, failures, random), failure.retryAfterMs ?? 0);
}

function inTimeForUnknown(
  waitMs: number,
  { timing, hasThing, unseenForMs }: FailureContext,
): number {
  const unknownInMs = TICKS_UNTIL_UNKNOWN * timing.restMs - unseenForMs;
  return hasThing && unknownInMs > 0 ? Math.min(waitMs, unknownInMs + timing.activeMs) : waitMs;
}
