/** `Ready` and `Synced` always; `Reconciling` and `Stalled` only while true (kstatus, Flux and Argo CD read them so). */
export type ConditionType =
  | "Ready"
  | "Synced"
  | "Reconciling"
  | "Stalled"
  /** Of accounts only: it stands for the user it is bound to. */
  | "Trusted"
  /** Of accounts only, and only while true. */
  | "TokenExpiring";

export type ConditionStatus = "True" | "False" | "Unknown";

/** What `decide` says of one condition; the time and the generation are added when it is written. */
export interface ConditionClaim {
  readonly type: ConditionType;
  readonly status: ConditionStatus;
  readonly reason: Reason;
  readonly message: string;
}

/** metav1.Condition. */
export interface Condition {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

/** Every reason a condition or an event can carry; docs/conditions.md has an entry for each. */
export const REASONS = [
  // at rest
  "Available",
  "PoweredOff",
  "Stopped",
  "Frozen",
  "StoppedButBilled",
  "ReconcileSuccess",
  "TokenAccepted",
  // on the way
  "Creating",
  "Created",
  "Attached",
  "Updating",
  "Switching",
  "BackingUp",
  "Deleting",
  "Deleted",
  "Retained",
  "Settling",
  "DuplicateDeleted",
  "Replacing",
  "SurplusDeleted",
  "ValueLost",
  // waiting for something else
  "Paused",
  "DependencyNotReady",
  "InUse",
  "FinalizersRemain",
  "Missing",
  "AccountSuspect",
  "AccountNotReady",
  "NoEffect",
  // a human must change something
  "SecretNotFound",
  "SecretTaken",
  "Expired",
  "AccountNotFound",
  "AccountDiffers",
  "TokenInvalid",
  "TokenExpiring",
  "UrlNotAllowed",
  "CertificateNotTrusted",
  "AnotherUser",
  "AdoptNotFound",
  "AdoptRefused",
  "MarkerMissing",
  "ImmutableDiffers",
  "ShrinkRefused",
  "RemoteFailed",
  "UpdateRolledBack",
  "TechnologyNotChanged",
  "BackupFailed",
  "Lost",
  "NotVisible",
  "WriteRefused",
  "NewerJournal",
  "NotOffered",
  "SectionMissing",
  "ContractChanged",
  "Drifted",
  "StateUnknown",
  "DeletionProtected",
  // the provider's answers
  "Unauthorized",
  "Forbidden",
  "Refused",
  "PreconditionFailed",
  "Conflict",
  "QuotaExceeded",
  "RateLimited",
  "Unreachable",
  "OutcomeUnknown",
] as const;

export type Reason = (typeof REASONS)[number];

export function isReason(value: unknown): value is Reason {
  return REASONS.some((reason) => reason === value);
}

/** Conditions that are listed only while they are true. */
const ONLY_WHILE_TRUE: ReadonlySet<string> = new Set<ConditionType>([
  "Reconciling",
  "Stalled",
  "TokenExpiring",
]);

const ORDER: readonly string[] = [
  "Ready",
  "Synced",
  "Reconciling",
  "Stalled",
  "Trusted",
  "TokenExpiring",
] satisfies ConditionType[];

export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: ConditionType,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/**
 * Lays what is claimed now over what is written, and returns the whole new list.
 *
 * `lastTransitionTime` changes only with the status (metav1.Condition). A claim for a type replaces it; types that are not
 * claimed stay, but for those listed only while true. Types of others are kept as they are.
 *
 * @param at RFC 3339 time for conditions whose status changes.
 */
export function mergeConditions(
  written: readonly Condition[] | undefined,
  claims: readonly ConditionClaim[],
  generation: number,
  at: string,
): Condition[] {
  const claimed = new Map(claims.map((claim) => [claim.type as string, claim]));
  const kept = (written ?? []).filter(
    (condition) => !claimed.has(condition.type) && !ONLY_WHILE_TRUE.has(condition.type),
  );
  const merged = claims.map((claim): Condition => {
    const before = findCondition(written, claim.type);
    const isSameStatus = before?.status === claim.status;
    return {
      type: claim.type,
      status: claim.status,
      reason: claim.reason,
      message: claim.message,
      lastTransitionTime: isSameStatus ? before.lastTransitionTime : at,
      observedGeneration: generation,
    };
  });
  return [...kept, ...merged].toSorted((a, b) => rank(a.type) - rank(b.type));
}

function rank(type: string): number {
  const index = ORDER.indexOf(type);
  return index === -1 ? ORDER.length : index;
}
