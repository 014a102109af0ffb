import type { ConditionClaim } from "../api/conditions.ts";
import { claim } from "./decision.ts";
import type { Obstacle } from "./situation.ts";

/** Long enough for somebody to be back from a holiday. */
const EXPIRING_MS = 14 * 24 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** What is known of an account. */
export interface AccountState {
  /** Which token is in use, and whose; undefined while there is none. */
  readonly summary?: string | undefined;
  /** What keeps the account, or a part of it, from working. */
  readonly problem?: Obstacle | undefined;
  /** Why it is not trusted. */
  readonly distrust?: string | undefined;
  /** It is known whom it stands for. */
  readonly isBound: boolean;
  readonly expiresInMs?: number | undefined;
  readonly isDeleting: boolean;
  /** The resources that use it. */
  readonly users: readonly string[];
}

/** So many are named; who deletes an account need not read a thousand names. */
const MAX_NAMED = 10;

/** The conditions of an account. */
export function judgeAccount(state: AccountState): ConditionClaim[] {
  return [...readiness(state), ...synced(state), ...trusted(state), ...expiring(state)];
}

function readiness({ summary, problem }: AccountState): ConditionClaim[] {
  if (summary !== undefined) return [claim("Ready", "True", ["TokenAccepted", summary])];
  return problem === undefined ? [] : [claim("Ready", "False", [problem.reason, problem.message])];
}

function synced({ summary, problem, distrust, isDeleting, users }: AccountState): ConditionClaim[] {
  const flags: ConditionClaim[] = [];
  // As long as a token works, what is wrong with another one can wait.
  const isBad = summary === undefined || distrust !== undefined;
  if (problem !== undefined && (isBad || !problem.isStalled)) {
    const type = problem.isStalled ? "Stalled" : "Reconciling";
    flags.push(claim(type, "True", [problem.reason, problem.message]));
  }
  if (isDeleting && users.length > 0) {
    const word = ["InUse", `deletion waits: used by ${named(users)}; delete them first`] as const;
    if (flags.every(({ type }) => type !== "Reconciling"))
      flags.push(claim("Reconciling", "True", word));
    return [claim("Synced", "False", word), ...flags];
  }
  if (problem !== undefined)
    return [claim("Synced", "False", [problem.reason, problem.message]), ...flags];
  return [
    claim("Synced", "True", ["ReconcileSuccess", "its Secret was read and opens the account"]),
  ];
}

function trusted({ distrust, isBound }: AccountState): ConditionClaim[] {
  if (distrust !== undefined) return [claim("Trusted", "False", ["AnotherUser", distrust])];
  if (!isBound) return [];
  return [claim("Trusted", "True", ["ReconcileSuccess", "it stands for the user it is bound to"])];
}

function expiring({ expiresInMs }: AccountState): ConditionClaim[] {
  if (expiresInMs === undefined || expiresInMs > EXPIRING_MS) return [];
  const days = Math.max(Math.floor(expiresInMs / DAY_MS), 0);
  const message = `the token ends in ${days} days; make a new one in the panel and put it into the Secret`;
  return [claim("TokenExpiring", "True", ["TokenExpiring", message])];
}

function named(users: readonly string[]): string {
  const more = users.length - MAX_NAMED;
  const names = users.slice(0, MAX_NAMED).join(", ");
  return more > 0 ? `${names} and ${more} more` : names;
}
