import { type AccountState, judgeAccount } from "../../../src/core/account-verdict.ts";
import type { Kstatus } from "./kstatus.ts";
import { type ArgoHealth, reported, type State } from "./state.ts";
import { DONE, ON_THE_WAY, STUCK } from "./states-of-life.ts";

const IDLE: AccountState = { isBound: false, isDeleting: false, users: [] };
const WORKS: AccountState = { ...IDLE, summary: 'the token "ci"', isBound: true };
const STALLED = { reason: "SecretNotFound", message: "make it", isStalled: true } as const;
const PASSING = { reason: "Unreachable", message: "trying again", isStalled: false } as const;

const ROWS: readonly [
  what: string,
  state: AccountState,
  expected: readonly [Kstatus, ArgoHealth],
][] = [
  ["its token works", WORKS, DONE],
  ["its token ends soon", { ...WORKS, expiresInMs: 1 }, DONE],
  ["one of its two Secrets is missing", { ...WORKS, problem: STALLED }, DONE],
  ["its server does not answer", { ...WORKS, problem: PASSING }, ON_THE_WAY],
  ["its Secret is missing", { ...IDLE, problem: STALLED }, STUCK],
  ["its server never answered", { ...IDLE, problem: PASSING }, ON_THE_WAY],
  [
    "a token of another user turned up",
    { ...WORKS, problem: STALLED, distrust: "user 8 instead of 7" },
    STUCK,
  ],
  [
    "it is used and on its way out",
    { ...WORKS, isDeleting: true, users: ["train"] },
    ["Terminating", "Progressing"],
  ],
];

export const ACCOUNTS: readonly State[] = ROWS.map(([what, state, [kstatus, argo]]) => ({
  what: `account: ${what}`,
  object: reported(
    judgeAccount(state),
    state.isDeleting ? { deletionTimestamp: "2026-06-01T00:00:00Z" } : {},
  ),
  kstatus,
  argo,
}));
