import * as early from "./outcomes-before-looking.ts";
import * as deletion from "./outcomes-of-deletion.ts";
import * as protection from "./outcomes-of-protection.ts";
import { nonEmpty, type Rule, rule } from "./rule.ts";
import type { Facts, Situation } from "./situation.ts";

/** Of what is on its way out; asked before any provider is. */
export const EARLY_RULES_OF_DELETION: readonly Rule<Situation>[] = [
  rule(
    "What is to be retained, or was only observed, is let go of without a touch.",
    ({ resource }) => resource.isDeleting && isToStay(resource),
    early.retain,
  ),
  rule(
    "What is protected stays whatever else would hold it; nobody is to clear the way for its deletion.",
    ({ resource, wish }) =>
      resource.isDeleting &&
      resource.isProtected &&
      nonEmpty([...resource.otherFinalizers, ...wish.users]),
    protection.protectUnseen,
  ),
  rule(
    "Another controller's finalizer says that it still needs the remote thing.",
    ({ resource }) => resource.isDeleting && nonEmpty(resource.otherFinalizers),
    early.letOthersFinish,
  ),
  rule(
    "Resources of the cluster that name this one would break.",
    ({ resource, wish }) => resource.isDeleting && nonEmpty(wish.users),
    early.waitForUsers,
  ),
];

/** The way out: the finalizer goes only after proof. */
export const RULES_OF_DELETION: readonly Rule<Facts>[] = [
  rule(
    "What another resource owns was never ours; letting go needs no deletion.",
    ({ refused, wish }) => refused !== undefined || wish.rival !== undefined,
    deletion.leaveToOwner,
  ),
  rule(
    "Protected is the one thing that is recorded; of several one too many is being paid for.",
    ({ resource, twins, suspicion, removalHalt }) =>
      resource.isProtected &&
      suspicion === undefined &&
      removalHalt === undefined &&
      nonEmpty(twins),
    protection.removeTwinsOfProtected,
  ),
  rule(
    "What is protected is deleted only after a person has taken the protection off.",
    ({ resource, thing }) => resource.isProtected && thing?.phase !== "deleting" && thing,
    protection.protect,
  ),
  rule(
    "An account that suddenly shows something else must not be cleaned up by mistake.",
    ({ suspicion, isAcknowledged }) => !isAcknowledged && suspicion,
    deletion.distrust,
  ),
  rule(
    "Without our marker nothing proves that the thing is ours: it is not deleted, nor forgotten.",
    ({ unmarked }) => unmarked,
    deletion.holdUnmarked,
  ),
  rule(
    "The provider refuses to delete what it sees in use.",
    ({ thing }) => thing !== undefined && thing.usedBy.length > 0 && thing,
    deletion.waitForRemoteUsers,
  ),
  rule(
    "A request to delete that the provider describes otherwise might delete something else.",
    ({ removalHalt, thing }) => thing !== undefined && thing.phase !== "deleting" && removalHalt,
    deletion.haltRemoval,
  ),
  rule(
    "What is ours is deleted, its twins with it.",
    ({ thing, twins }) =>
      nonEmpty([thing, ...twins].filter((one) => one !== undefined && one.phase !== "deleting")),
    deletion.remove,
  ),
  rule(
    "Deletion takes time; the finalizer stays until it is over.",
    ({ thing }) => thing,
    deletion.awaitRemoval,
  ),
  rule(
    "A create request whose answer was lost may still take effect; what it makes must not stay behind.",
    ({ isQuiet }) => !isQuiet,
    deletion.settleFirst,
  ),
  rule(
    "One 404 proves nothing: gone is what a complete list begun later lacks as well.",
    ({ isGone }) => !isGone,
    deletion.awaitProof,
  ),
  rule(
    "A credential sees only what was made with it or granted to it: what another one saw may live on.",
    ({ outOfSight }) => outOfSight,
    deletion.holdOutOfSight,
  ),
  rule("Proven gone, so the resource may go too.", () => true, deletion.release),
];

function isToStay({ deletionPolicy, managementPolicy }: Situation["resource"]): boolean {
  return deletionPolicy === "Retain" || managementPolicy === "ObserveOnly";
}
