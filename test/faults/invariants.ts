import { honest } from "./invariants/honesty.ts";
import type { Bounds, History } from "./invariants/history.ts";
import { journalFirst } from "./invariants/journal.ts";
import { overspend } from "./invariants/money.ts";
import { ownership, retained } from "./invariants/ownership.ts";
import { proofBeforeRelease } from "./invariants/release.ts";
import { unrecorded } from "./invariants/recorder.ts";
import { secretsByName, secretsKept } from "./invariants/secrets.ts";
import { noBlindCreate, single } from "./invariants/single.ts";
import { statusNeverRegresses } from "./invariants/status.ts";
import { noStorm } from "./invariants/traffic.ts";

export type { Bounds, History } from "./invariants/history.ts";

/**
 * Everything that must hold over a whole history; each violation in a sentence.
 *
 * Beside these are I8, which needs to know who held the lease (`singleWriter`), I9, which needs to know since when nothing happened
 * (`quietSince`), and I11, which is the play's own question.
 */
export function violations(history: History, bounds: Bounds): string[] {
  const gaps = unrecorded(history);
  const certain = [
    ...single(history, bounds),
    ...noBlindCreate(history, bounds),
    ...secretsKept(history, bounds),
  ];
  // Half a record accuses the innocent.
  if (gaps.length > 0) return [...gaps, ...certain];
  return [
    ...certain,
    ...proofBeforeRelease(history),
    ...retained(history),
    ...ownership(history, bounds),
    ...journalFirst(history),
    ...statusNeverRegresses(history),
    ...noStorm(history, bounds),
    ...secretsByName(history),
    ...overspend(history, bounds),
    ...honest(history, bounds),
  ];
}
