import { describe, expect, it } from "vitest";
import { campaign, type CampaignResult } from "./campaign.ts";
import { ruleNames } from "./counts.ts";
import { KUBE_TARGETS, OUTAGES, REMOTE_TARGETS } from "./faults.ts";
import { MISTAKES } from "./mistakes.ts";

const LIFECYCLES = 10_000;
const SEED = 2;
/** So many until a mistake must have been found. */
const ENOUGH_FOR_A_MISTAKE = 6_000;
const MINUTE_MS = 60_000;

/**
 * Rules for what the model does not have: other accounts, other resources that refer, a second credential, states nobody knows, a newer version's
 * journal, a service that describes itself otherwise, values that are shown once, changes that fail after they were accepted. And the two that wait for proof: `observe` hands out none
 * but whole ones.
 */
const OUT_OF_SCOPE =
  /waitForAccount|waitForUsers|waitForRemoteUsers|waitForDependency|admitIgnorance|reportFixed|refuseShrinking|yieldToRival|leaveToOwner|refuseAdoption|OutOfSight|leaveToNewerVersion|awaitProof|missSection|haltRemoval|holdBack|removeUnheld|removeSurplus|replace$|reportEnd|mend|reportSetback|remember|conclude/;

describe("the model of whole lives", () => {
  it(
    `keeps every promise in ${LIFECYCLES} lifecycles from seed ${SEED}, and exercises what it judges`,
    { timeout: 3 * MINUTE_MS },
    async () => {
      const result = await campaign({ lifecycles: LIFECYCLES, seed: SEED });

      expect(result.story.join("\n")).toBe("");
      expect(neverDone(result)).toEqual([]);
    },
  );

  it.each(MISTAKES)("finds: $name", { timeout: 2 * MINUTE_MS }, async (mistake) => {
    const restore = mistake.install?.();
    try {
      const { replacements } = mistake;
      const result = await campaign({
        lifecycles: ENOUGH_FOR_A_MISTAKE,
        seed: SEED,
        replacements,
        endsOnFailure: true,
      });

      expect(result.isGood).toBe(false);
      expect(result.violations.join("\n")).toMatch(mistake.breaks);
    } finally {
      restore?.();
    }
  });
});

/** Actions, rules and faults that never came up, so that nothing was proven of them. */
function neverDone({ counts }: CampaignResult): string[] {
  const actions = ["attach", "create", "change", "remove", "release", "nothing"];
  return [
    ...actions.map((action) => `action/${action}`),
    ...ruleNames().filter((name) => !OUT_OF_SCOPE.test(name)),
    ...REMOTE_TARGETS.map((target) => `fault/${target}`),
    ...KUBE_TARGETS.map((target) => `fault/${target}`),
    ...OUTAGES.map((outage) => `fault/outage ${outage}`),
    "process/crashed",
    "breaker/changed",
  ].filter((prefix) => counts.under(prefix) === 0);
}
