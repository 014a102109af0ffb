import { REMOVE } from "../../../src/core/terms.ts";
import type { Resource } from "../../../src/core/resource.ts";
import { DESIRED, NOW_MS, resource, sees, SEES_NOTHING, thing } from "../core/situations.ts";
import { row, type Row } from "./states-by-rule.ts";

const leaving = (changes: Partial<Resource> = {}): Resource =>
  resource({ isDeleting: true, ...changes });
const unmarked = thing("17", { label: "default/train" });
const halt = { why: "DELETE /v1/thing is described otherwise", stops: new Set([REMOVE]) };

/** Still there, on its way out. */
const LEAVING = ["Terminating", "Progressing"] as const;
/** The finalizer is taken off, so the API server drops it. */
const GONE = ["NotFound"] as const;

/** Whatever keeps a resource from going, it is Terminating for everybody; the conditions say why. */
export const DELETION: readonly Row[] = [
  row("early.letGo", { resource: leaving({ hasFinalizer: false }) }, GONE),
  row("early.pause:on its way out", { resource: leaving({ isPaused: true }) }, LEAVING),
  row("early.retain", { resource: leaving({ deletionPolicy: "Retain" }) }, GONE),
  row(
    "early.retain:another finalizer remains",
    { resource: leaving({ deletionPolicy: "Retain", otherFinalizers: ["backup/wait"] }) },
    LEAVING,
  ),
  row(
    "early.protectUnseen",
    { resource: leaving({ isProtected: true, otherFinalizers: ["backup/wait"] }) },
    LEAVING,
  ),
  row(
    "early.letOthersFinish",
    { resource: leaving({ otherFinalizers: ["backup/wait"] }) },
    LEAVING,
  ),
  row(
    "early.waitForUsers",
    { resource: leaving(), wish: { fields: DESIRED, users: ["train"] } },
    LEAVING,
  ),
  row(
    "deletion.leaveToOwner",
    {
      resource: leaving({ adoptId: "17" }),
      observation: sees(unmarked),
      wish: { fields: DESIRED, users: [], rival: "a/b" },
    },
    GONE,
  ),
  row(
    "deletion.removeTwinsOfProtected",
    { resource: leaving({ isProtected: true }), observation: sees(thing("17"), thing("18")) },
    LEAVING,
  ),
  row(
    "deletion.protect",
    { resource: leaving({ isProtected: true }), observation: sees(thing("17")) },
    LEAVING,
  ),
  row(
    "deletion.distrust",
    { resource: leaving(), observation: SEES_NOTHING, suspicion: "odd" },
    LEAVING,
  ),
  row(
    "deletion.holdUnmarked",
    {
      resource: leaving({ recordedId: "17" }),
      observation: { ...SEES_NOTHING, named: unmarked, isNamedGone: false },
    },
    LEAVING,
  ),
  row(
    "deletion.waitForRemoteUsers",
    { resource: leaving(), observation: sees(thing("17", { usedBy: ["instance 4"] })) },
    LEAVING,
  ),
  row(
    "deletion.haltRemoval",
    { resource: leaving(), observation: sees(thing("17")), terms: { offers: new Map(), halt } },
    LEAVING,
  ),
  row("deletion.remove", { resource: leaving(), observation: sees(thing("17")) }, LEAVING),
  row(
    "deletion.awaitRemoval",
    { resource: leaving(), observation: sees(thing("17", { phase: "deleting" })) },
    LEAVING,
  ),
  row(
    "deletion.settleFirst",
    {
      resource: leaving({ intent: { attempt: 1, time: "2026-01-01T00:00:00.000Z" } }),
      observation: SEES_NOTHING,
      memory: { intentSeenAtMs: NOW_MS },
    },
    LEAVING,
  ),
  row(
    "deletion.awaitProof",
    {
      resource: leaving({ recordedId: "17" }),
      observation: { ...SEES_NOTHING, isNamedGone: false },
    },
    LEAVING,
  ),
  row(
    "deletion.holdOutOfSight",
    {
      resource: leaving({ recordedId: "17", seenWith: "another" }),
      observation: SEES_NOTHING,
    },
    LEAVING,
  ),
  row("deletion.release", { resource: leaving(), observation: SEES_NOTHING }, GONE),
];
