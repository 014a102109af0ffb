import type { Condition } from "../../../src/api/conditions.ts";
import type { Kept } from "../../../src/core/kept.ts";
import type { Observation, Setback } from "../../../src/core/observation.ts";
import type { KindRules, Situation } from "../../../src/core/situation.ts";
import {
  DESIRED,
  FOREIGN_MARKER,
  KIND,
  NOW_MS,
  resource,
  sees,
  SEES_NOTHING,
  thing,
} from "../core/situations.ts";
import { row, type Row } from "./states-by-rule.ts";

const WALL_MS = Date.parse("2026-06-01T00:00:00Z");
const HOUR_MS = 3_600_000;
const SMALL = { ...DESIRED, size: 1 };
const MENDING: KindRules = {
  ...KIND,
  mendingOperations: ["resources"],
  judgedOperations: ["resources"],
};
const ASKED = { operation: "resources", wanted: '[["size",4]]', after: "", time: "" };
const SETBACK: Setback = {
  operations: ["resources"],
  reason: "UpdateRolledBack",
  message: "it does not compile",
};
const FAILED = {
  phase: "failed",
  headline: { reason: "RemoteFailed", message: "no disk" },
} as const;
const intent = { attempt: 1, time: "2026-01-01T00:00:00.000Z" };
const existing = resource({ recordedId: "17" });
const observing = resource({ managementPolicy: "ObserveOnly", hasFinalizer: false });
const unmarked = thing("17", { label: "default/train" });
const foreign = thing("17", { label: `somebody's ${FOREIGN_MARKER}` });
const named = (one: typeof unmarked): Observation => ({
  ...SEES_NOTHING,
  named: one,
  isNamedGone: false,
});
const wish = (more: object): Situation["wish"] => ({ fields: DESIRED, users: [], ...more });
const kept = (id?: string): Kept => ({ id, renewBeforeMs: HOUR_MS, wallClockMs: WALL_MS });
const token = (endsInMs: number, id = "1") => thing(id, { endsAtMs: WALL_MS + endsInMs });
const withToken = resource({ recordedId: "1" });

/** What stood there of a resource that did its work. */
export const WAS_READY: readonly Condition[] = (["Ready", "Synced"] as const).map((type) => ({
  type,
  status: "True",
  reason: "Available",
  message: "running",
  lastTransitionTime: "2026-05-01T00:00:00Z",
  observedGeneration: 1,
}));

const WAITS = { reason: "DependencyNotReady", message: "waits", isStalled: false } as const;
const NO_SECRET = { reason: "SecretNotFound", message: "make it", isStalled: true } as const;

export const DONE = ["Current", "Healthy"] as const;
export const ON_THE_WAY = ["InProgress", "Progressing"] as const;
export const STUCK = ["Failed", "Degraded"] as const;
const IN_DOUBT = ["InProgress", "Unknown"] as const;

export const EARLY: readonly Row[] = [
  row("observe:never looked at", {}, ON_THE_WAY),
  row("early.pause:never looked at", { resource: resource({ isPaused: true }) }, [
    "InProgress",
    "Suspended",
  ]),
  row(
    "early.pause:it worked",
    { resource: resource({ isPaused: true }) },
    ["Current", "Suspended"],
    WAS_READY,
  ),
  row("early.leaveToNewerVersion", { resource: resource({ isFromTheFuture: true }) }, STUCK),
  row("early.waitForAccount", { wish: wish({ noAccount: WAITS }) }, ON_THE_WAY),
  row("early.waitForAccount:a human", { wish: wish({ noAccount: NO_SECRET }) }, STUCK),
  row("early.missSection", { terms: { offers: new Map(), absence: "no /v1/storage" } }, STUCK),
];

const ADOPTING: readonly Row[] = [
  row(
    "life.yieldToRival",
    {
      observation: sees(unmarked),
      resource: resource({ adoptId: "17" }),
      wish: wish({ rival: "a/b" }),
    },
    STUCK,
  ),
  row(
    "life.refuseAdoption",
    { observation: named(foreign), resource: resource({ adoptId: "17" }) },
    STUCK,
  ),
  row(
    "life.missAdoptee",
    { observation: SEES_NOTHING, resource: resource({ adoptId: "17" }) },
    STUCK,
  ),
  row("life.standBack", { observation: named(unmarked), resource: existing }, STUCK),
  row(
    "life.attach",
    { observation: sees(thing("17")), resource: resource({ hasFinalizer: false }) },
    ON_THE_WAY,
  ),
  row("life.removeTwins", { observation: sees(thing("16"), thing("17")) }, DONE),
];

const OBSERVING: readonly Row[] = [
  row("life.mirror:as wanted", { observation: sees(thing("17")), resource: observing }, DONE),
  row(
    "life.mirror:drifted",
    { observation: sees(thing("17", { fields: SMALL })), resource: observing },
    DONE,
  ),
  row(
    "life.mirror:busy",
    { observation: sees(thing("17", { phase: "busy" })), resource: observing },
    ON_THE_WAY,
  ),
  row("life.mirror:failed", { observation: sees(thing("17", FAILED)), resource: observing }, [
    "InProgress",
    "Degraded",
  ]),
  row("life.mirror:missing", { observation: SEES_NOTHING, resource: observing }, ON_THE_WAY),
];

const KEEPING: readonly Row[] = [
  row(
    "life.removeUnheld",
    { observation: sees(token(HOUR_MS * 2)), kept: kept(), resource: withToken },
    ON_THE_WAY,
  ),
  row(
    "life.removeSurplus",
    {
      observation: sees(token(HOUR_MS * 2), token(HOUR_MS * 2, "2")),
      kept: kept("2"),
      resource: withToken,
    },
    DONE,
  ),
  row(
    "life.replace",
    { observation: sees(token(HOUR_MS)), kept: kept("1"), resource: withToken },
    ON_THE_WAY,
  ),
  row(
    "life.reportEnd",
    {
      observation: sees(token(-1)),
      kept: { id: "1", wallClockMs: WALL_MS },
      resource: withToken,
    },
    STUCK,
  ),
];

const AT_WORK: readonly Row[] = [
  row("life.admitIgnorance", { observation: sees(thing("17", { phase: "unknown" })) }, IN_DOUBT),
  row(
    "life.remember",
    {
      kind: MENDING,
      observation: sees(thing("17", { fields: SMALL, setback: SETBACK })),
      resource: resource({ asked: ASKED }),
    },
    STUCK,
  ),
  row(
    "life.mend",
    { kind: MENDING, observation: sees(thing("17", { ...FAILED, fields: SMALL })) },
    ON_THE_WAY,
  ),
  row("life.reportFailure", { observation: sees(thing("17", FAILED)) }, STUCK),
  row("life.awaitRest", { observation: sees(thing("17", { phase: "busy" })) }, ON_THE_WAY),
  row("life.change", { observation: sees(thing("17", { fields: SMALL })) }, ON_THE_WAY),
  row(
    "life.reportFixed",
    { observation: sees(thing("17", { fields: { ...DESIRED, type: "other" } })) },
    STUCK,
  ),
  row(
    "life.refuseShrinking",
    { observation: sees(thing("17", { fields: { ...DESIRED, size: 9 } })) },
    STUCK,
  ),
  row(
    "life.holdBack",
    { observation: SEES_NOTHING, terms: { offers: new Map([["type", ["cuda"]]]) } },
    STUCK,
  ),
  row(
    "life.waitForDependency",
    { observation: SEES_NOTHING, wish: wish({ obstacle: WAITS }) },
    ON_THE_WAY,
  ),
  row(
    "life.waitForDependency:a human",
    { observation: sees(thing("17")), wish: wish({ obstacle: NO_SECRET }) },
    STUCK,
  ),
  row(
    "life.reportSetback",
    {
      kind: MENDING,
      observation: sees(thing("17", { fields: SMALL })),
      resource: resource({ asked: { ...ASKED, setback: SETBACK } }),
    },
    STUCK,
  ),
  row(
    "life.conclude",
    { kind: MENDING, observation: sees(thing("17")), resource: resource({ asked: ASKED }) },
    DONE,
  ),
];

const AT_REST: readonly Row[] = [
  row("life.rest:available", { observation: sees(thing("17")), resource: existing }, DONE),
  row(
    "life.rest:switched off as asked",
    {
      observation: sees(
        thing("17", {
          fields: { ...DESIRED, power: "Off" },
          headline: { reason: "PoweredOff", message: "off, as spec.power asks" },
        }),
      ),
      wish: { fields: { ...DESIRED, power: "Off" }, users: [] },
    },
    DONE,
  ),
];

const ABSENT: readonly Row[] = [
  row(
    "life.settle",
    {
      observation: SEES_NOTHING,
      resource: resource({ intent }),
      memory: { intentSeenAtMs: NOW_MS },
    },
    ON_THE_WAY,
  ),
  row(
    "life.awaitProof",
    { observation: { ...SEES_NOTHING, isNamedGone: false }, resource: existing },
    IN_DOUBT,
  ),
  row(
    "life.distrust",
    { observation: SEES_NOTHING, resource: existing, suspicion: "odd" },
    ON_THE_WAY,
  ),
  row(
    "life.reportOutOfSight",
    { observation: SEES_NOTHING, resource: resource({ recordedId: "17", seenWith: "another" }) },
    STUCK,
  ),
  row(
    "life.reportLoss",
    {
      observation: SEES_NOTHING,
      resource: resource({ recordedId: "17", recreatePolicy: "Never" }),
    },
    STUCK,
  ),
  row("life.create", { observation: SEES_NOTHING }, ON_THE_WAY),
];

export const LIFE: readonly Row[] = [
  ...ADOPTING,
  ...OBSERVING,
  ...KEEPING,
  ...AT_WORK,
  ...AT_REST,
  ...ABSENT,
];
