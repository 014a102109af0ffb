import * as fc from "fast-check";
import { Counts, countRules } from "./counts.ts";
import { type Script, scripts, words } from "./events.ts";
import { KNOWN_GAPS, type KnownGap } from "./known-gaps.ts";
import { type LifecycleOptions, playLifecycle } from "./lifecycle.ts";
import type { Replacements } from "./replacements.ts";

export interface CampaignOptions {
  readonly lifecycles: number;
  readonly seed: number;
  /** Plays the one counterexample that an earlier campaign with this seed found. */
  readonly path?: string;
  readonly replacements?: Replacements;
  /** Promises that need not be kept; by default those that are known not to be. */
  readonly gaps?: readonly KnownGap[];
  /** Leaves the first failure as it was found; making it short takes longer than finding it. */
  readonly endsOnFailure?: boolean;
}

export interface CampaignResult {
  readonly isGood: boolean;
  readonly counts: Counts;
  /** Where it failed: the shortest script that still fails, what it violates, and its history. */
  readonly story: readonly string[];
  readonly violations: readonly string[];
  /** fast-check's, to be given with the seed. */
  readonly path: string;
}

/** Plays lifecycles until one breaks a promise; that one is then made as short as it can be. */
export async function campaign({
  lifecycles,
  seed,
  path,
  replacements = {},
  gaps = KNOWN_GAPS,
  endsOnFailure = false,
}: CampaignOptions): Promise<CampaignResult> {
  const counts = new Counts();
  const stopCounting = countRules(counts);
  try {
    const property = fc.asyncProperty(scripts, async (script) => {
      const violations = await playLifecycle(script, { counts, gaps, replacements });
      if (violations.length > 0) throw new Error(violations[0]);
    });
    const run = await fc.check(property, {
      numRuns: lifecycles,
      seed,
      endOnFailure: endsOnFailure,
      ...(path === undefined ? {} : { path }),
    });
    const script = run.counterexample?.[0];
    const told = script === undefined ? NOTHING : await tell(script, { gaps, replacements });
    return { isGood: !run.failed, counts, path: run.counterexamplePath ?? "", ...told };
  } finally {
    stopCounting();
  }
}

const NOTHING = { story: [], violations: [] };

async function tell(
  script: Script,
  options: Omit<LifecycleOptions, "counts" | "history">,
): Promise<Pick<CampaignResult, "story" | "violations">> {
  const history: string[] = [];
  const violations = await playLifecycle(script, { ...options, counts: new Counts(), history });
  const steps = script.steps.map(({ afterMs, event }) => `after ${afterMs} ms: ${words(event)}`);
  const crowd = script.hasCrowd ? ["in a crowded account"] : [];
  return {
    violations,
    story: [
      "The script:",
      ...crowd,
      ...steps,
      "Its history:",
      ...history,
      "Violated:",
      ...violations,
    ],
  };
}
