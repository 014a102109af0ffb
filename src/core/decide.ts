import type { Decision } from "./decision.ts";
import * as early from "./outcomes-before-looking.ts";
import * as absence from "./outcomes-of-absence.ts";
import * as difference from "./outcomes-of-difference.ts";
import * as keeping from "./outcomes-of-keeping.ts";
import * as life from "./outcomes-of-life.ts";
import { nonEmpty, type Rule, rule } from "./rule.ts";
import { EARLY_RULES_OF_DELETION, RULES_OF_DELETION } from "./rules-of-deletion.ts";
import { type Facts, type Situation, factsOf } from "./situation.ts";

/** Asked before any provider is: these need no observation. */
export const RULES_BEFORE_LOOKING: readonly Rule<Situation>[] = [
  rule(
    "A resource on its way out without our finalizer is no longer ours to act for.",
    ({ resource }) => resource.isDeleting && !resource.hasFinalizer,
    early.letGo,
  ),
  rule(
    "The user asked for hands off, and that holds for deletion too.",
    ({ resource }) => resource.isPaused,
    early.pause,
  ),
  rule(
    "What a newer version of the operator has begun, only that version can end.",
    ({ resource }) => resource.isFromTheFuture,
    early.leaveToNewerVersion,
  ),
  ...EARLY_RULES_OF_DELETION,
  rule(
    "Without the account in which it is, or is to be made, nothing of a resource can be known.",
    ({ wish }) => wish.noAccount,
    early.waitForAccount,
  ),
  rule(
    "What the provider has no section for cannot be looked at.",
    ({ terms }) => terms?.absence,
    early.missSection,
  ),
];

// The way out has rules of its own: rules-of-deletion.ts.

/** The life of a resource: find what is ours, make it if it is missing, change what differs. */
export const RULES_OF_LIFE: readonly Rule<Facts>[] = [
  rule(
    "Two resources that steer one thing would fight over it; the older claim wins.",
    ({ wish, resource }) => resource.adoptId !== undefined && wish.rival,
    life.yieldToRival,
  ),
  rule(
    "A thing with the marker of another resource is that resource's.",
    ({ refused }) => refused,
    life.refuseAdoption,
  ),
  rule(
    "The user named what to take over; something else in its place would be a surprise that costs money.",
    ({ resource, isGone }) => isGone && resource.adoptId,
    life.missAdoptee,
  ),
  rule(
    "Without our marker nothing proves that the thing is ours; a new one beside it would be paid for twice.",
    ({ unmarked }) => unmarked,
    life.standBack,
  ),
  rule(
    "Only looking was asked for.",
    ({ resource }) => resource.managementPolicy === "ObserveOnly",
    life.mirror,
  ),
  rule(
    "The finalizer comes before anything is changed, so that what we manage is never left behind.",
    ({ resource, thing }) => !resource.hasFinalizer && thing,
    life.attach,
  ),
  rule(
    "What nobody holds the value of is of use to nobody but a thief: it goes, and another is made.",
    ({ unheld, suspicion }) => suspicion === undefined && nonEmpty(unheld),
    keeping.removeUnheld,
  ),
  rule(
    "What was replaced, or could not be kept, is one too many.",
    ({ kept, twins, suspicion }) => kept && suspicion === undefined && nonEmpty(twins),
    keeping.removeSurplus,
  ),
  rule(
    "Of several with our marker one too many is being paid for.",
    ({ twins, suspicion, removalHalt }) =>
      suspicion === undefined && removalHalt === undefined && nonEmpty(twins),
    life.removeTwins,
  ),
  rule(
    "A state that we have no word for is shown as unknown and left alone.",
    ({ thing }) => thing?.phase === "unknown" && thing,
    life.admitIgnorance,
  ),
  rule(
    "What came to nothing is written down, for a provider forgets what it did.",
    ({ resource: { asked }, freshSetback, comparison }) =>
      comparison.isSetBack && asked && freshSetback && { ...asked, setback: freshSetback },
    difference.remember,
  ),
  rule(
    "What has failed may be mended by what the spec asks for now.",
    ({ thing, mend }) => thing?.phase === "failed" && mend,
    difference.mend,
  ),
  rule(
    "What fails at rest needs a human; doing it again would cost the same and fail the same.",
    ({ thing }) => thing?.phase === "failed" && thing,
    life.reportFailure,
  ),
  rule(
    "On the way: a change now would be refused.",
    ({ thing }) => (thing?.phase === "busy" || thing?.phase === "deleting") && thing,
    life.awaitRest,
  ),
  rule(
    "What saves money waits for nothing else.",
    ({ comparison, savingOperations }) =>
      comparison.next !== undefined &&
      savingOperations.includes(comparison.next.operation) &&
      comparison.next,
    difference.change,
  ),
  rule(
    "Decided at creation: it cannot be changed, and making it anew is not ours to decide.",
    ({ comparison }) => nonEmpty(comparison.fixed),
    difference.reportFixed,
  ),
  rule(
    "What can only grow is never made smaller.",
    ({ comparison }) => nonEmpty(comparison.shrinking),
    difference.refuseShrinking,
  ),
  rule(
    "What the provider would refuse, or describes otherwise, is not sent: it might cost money and be of no use.",
    ({ barrier }) => barrier,
    difference.holdBack,
  ),
  rule(
    "What the spec refers to must be there first.",
    ({ wish }) => wish.obstacle,
    difference.waitForDependency,
  ),
  rule("The thing differs from the spec.", ({ comparison }) => comparison.next, difference.change),
  rule(
    "What was tried and came to nothing is not tried again before a person changes what is wanted.",
    ({ thing, comparison }) => comparison.isSetBack && thing,
    difference.reportSetback,
  ),
  rule(
    "What comes to its end is replaced in time, and goes only when the other has been seen to work.",
    ({ due, isQuiet, suspicion }) => isQuiet && suspicion === undefined && due,
    keeping.replace,
  ),
  rule(
    "What has come to its end does nothing any more, whatever the provider still shows of it.",
    ({ thing, isOver }) => isOver && thing,
    keeping.reportEnd,
  ),
  rule(
    "What was asked for is done; an old failure must never be taken for one of a later request.",
    ({ thing, resource }) => resource.asked !== undefined && thing,
    difference.conclude,
  ),
  rule("It is there, and as the spec wants it.", ({ thing }) => thing, life.rest),
  rule(
    "A create request whose answer was lost may still take effect; another one now could make two.",
    ({ isQuiet }) => !isQuiet,
    absence.settle,
  ),
  rule(
    "One 404 proves nothing: gone is what a complete list begun later lacks as well.",
    ({ isGone }) => !isGone,
    absence.awaitProof,
  ),
  rule(
    "An account that suddenly lacks what we know must not be filled again by mistake.",
    ({ suspicion, isAcknowledged }) => !isAcknowledged && suspicion,
    absence.distrust,
  ),
  rule(
    "A credential sees only what was made with it or granted to it: a new thing might be a second one.",
    ({ outOfSight }) => outOfSight,
    absence.reportOutOfSight,
  ),
  rule(
    "What vanished is not made again where that was ruled out; its data are gone.",
    ({ resource }) => resource.recreatePolicy === "Never" && resource.recordedId,
    absence.reportLoss,
  ),
  rule("Nothing of ours exists and nothing can still appear.", () => true, absence.create),
];

/**
 * What is to be done for a resource: the first rule that applies.
 *
 * Pure and total. Without an observation it either settles the matter or answers with the action `observe`.
 *
 * @param nowMs Monotonic milliseconds, of the same clock as the observation and the memory.
 */
export function decide(situation: Situation, nowMs: number): Decision {
  const settled = firstOf(RULES_BEFORE_LOOKING, situation);
  if (settled !== undefined) return settled;
  if (situation.observation === undefined) return { action: { do: "observe" }, claims: [] };
  const rules = situation.resource.isDeleting ? RULES_OF_DELETION : RULES_OF_LIFE;
  const decision = firstOf(rules, factsOf(situation, situation.observation, nowMs));
  if (decision === undefined) throw new TypeError("the last rule always applies");
  return decision;
}

function firstOf<Input>(rules: readonly Rule<Input>[], input: Input): Decision | undefined {
  for (const { apply } of rules) {
    const decision = apply(input);
    if (decision !== undefined) return decision;
  }
  return undefined;
}
