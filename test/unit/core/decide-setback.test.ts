import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/decide.ts";
import type { Decision } from "../../../src/core/decision.ts";
import type { RemoteThing, Setback } from "../../../src/core/observation.ts";
import type { Resource } from "../../../src/core/resource.ts";
import type { KindRules, Situation } from "../../../src/core/situation.ts";
import {
  DESIRED,
  KIND,
  NOW_MS,
  resource,
  sees,
  SEES_NOTHING,
  situation,
  thing,
  TIMING,
} from "./situations.ts";

/** A kind whose resources may mend what has failed, and are judged by what became of them. */
const MENDING: KindRules = {
  ...KIND,
  mendingOperations: ["resources"],
  judgedOperations: ["resources"],
};
const SETBACK: Setback = {
  operations: ["resources"],
  reason: "UpdateRolledBack",
  message: "it does not compile; put another into the spec",
};
const ASKED = { operation: "resources", wanted: '[["size",4]]', after: "", time: "" };
const WRITTEN = { ...ASKED, setback: SETBACK };
const SMALL = { ...DESIRED, size: 1 };
const BROKEN: Partial<RemoteThing> = {
  phase: "failed",
  headline: { reason: "RemoteFailed", message: "no disk" },
};

function decided(
  seen: Partial<RemoteThing>,
  {
    asked,
    ...changes
  }: Partial<Situation> & { readonly asked?: NonNullable<Resource["asked"]> } = {},
): Decision {
  const own = resource(asked === undefined ? {} : { asked });
  const given = { observation: sees(thing("17", seen)), kind: MENDING, resource: own, ...changes };
  return decide(situation(given), NOW_MS);
}

function worded({ action, claims }: Decision): string {
  const what = action.do === "change" ? `change:${action.operation}` : action.do;
  const flag = claims.find(({ type }) => type === "Stalled" || type === "Reconciling");
  return `${what} ${flag === undefined ? "in sync" : `${flag.type} ${flag.reason}`}`;
}

function claimOf({ claims }: Decision, type: string) {
  return claims.find((claim) => claim.type === type);
}

const obstacle = { reason: "DependencyNotReady", message: "waits", isStalled: false } as const;
const wish = (fields: Situation["wish"]["fields"], more: object = {}): Partial<Situation> => ({
  wish: { fields: { ...DESIRED, ...fields }, users: [], ...more },
});

const ROWS: readonly [reason: string, decision: Decision, expected: string][] = [
  // mend
  [
    "what has failed is mended by another wish",
    decided({ ...BROKEN, fields: SMALL }),
    "change:resources Reconciling Updating",
  ],
  [
    "what has failed as it was wanted needs a human",
    decided(BROKEN),
    "nothing Stalled RemoteFailed",
  ],
  [
    "what differs but mends nothing is not touched while it is broken",
    decided({ ...BROKEN, fields: { ...DESIRED, power: "Off" } }),
    "nothing Stalled RemoteFailed",
  ],
  [
    "a kind that nothing mends is left to a human",
    decided({ ...BROKEN, fields: SMALL }, { kind: KIND }),
    "nothing Stalled RemoteFailed",
  ],
  [
    "what was tried to mend it and came to nothing is not tried again",
    decided({ ...BROKEN, fields: SMALL, setback: SETBACK }),
    "nothing Stalled RemoteFailed",
  ],
  [
    "what is on the way is waited for, however it failed before",
    decided({ phase: "busy", fields: SMALL, setback: SETBACK }),
    "nothing Reconciling Available",
  ],
  // setback
  [
    "what came to nothing is told, and not tried again",
    decided({ fields: SMALL, setback: SETBACK }),
    "nothing Stalled UpdateRolledBack",
  ],
  [
    "what else differs goes on without it",
    decided({ fields: { ...SMALL, power: "Off" }, setback: SETBACK }),
    "change:powerOn Reconciling Updating",
  ],
  [
    "what saves money waits for no setback",
    decided({ fields: SMALL, setback: SETBACK }, wish({ power: "Off" })),
    "change:powerOff Reconciling Updating",
  ],
  [
    "what is fixed at creation is told first, for it stays so whatever is tried",
    decided({ fields: { ...SMALL, type: "other" }, setback: SETBACK }),
    "nothing Stalled ImmutableDiffers",
  ],
  [
    "what is waited for is told first: the setback may be over by then",
    decided({ fields: SMALL, setback: SETBACK }, wish({}, { obstacle })),
    "nothing Reconciling DependencyNotReady",
  ],
  [
    "a setback of something else than what differs holds nothing up",
    decided({ fields: SMALL, setback: { ...SETBACK, operations: ["backup"] } }),
    "change:resources Reconciling Updating",
  ],
  [
    "a setback of one step holds up what is not to be done without it",
    decided({ fields: SMALL, setback: { ...SETBACK, operations: ["backup", "resources"] } }),
    "nothing Stalled UpdateRolledBack",
  ],
  // remember
  [
    "what came of what was asked for is written down first, for a provider forgets it",
    decided({ fields: { ...SMALL, power: "Off" }, setback: SETBACK }, { asked: ASKED }),
    "remember Stalled UpdateRolledBack",
  ],
  [
    "what came of mending is written down as well",
    decided({ ...BROKEN, fields: SMALL, setback: SETBACK }, { asked: ASKED }),
    "remember Stalled UpdateRolledBack",
  ],
  [
    "what is on the way is not judged yet",
    decided({ phase: "busy", fields: SMALL, setback: SETBACK }, { asked: ASKED }),
    "nothing Reconciling Available",
  ],
  [
    "what is written down holds where the provider has forgotten it",
    decided({ fields: SMALL }, { asked: WRITTEN }),
    "nothing Stalled UpdateRolledBack",
  ],
  [
    "what is written down is not written again",
    decided({ fields: SMALL, setback: SETBACK }, { asked: WRITTEN }),
    "nothing Stalled UpdateRolledBack",
  ],
  [
    "what is written down keeps a broken thing from being mended the same way",
    decided({ ...BROKEN, fields: SMALL }, { asked: WRITTEN }),
    "nothing Stalled RemoteFailed",
  ],
  [
    "what is written down says nothing of another wish",
    decided({ fields: SMALL }, { asked: WRITTEN, ...wish({ size: 8 }) }),
    "change:resources Reconciling Updating",
  ],
  [
    "what is written down is forgotten where it is not wanted any more",
    decided({}, { asked: WRITTEN }),
    "conclude in sync",
  ],
  // conclude
  [
    "what was asked for and is done is concluded, for an old failure must not count later",
    decided({}, { asked: ASKED }),
    "conclude in sync",
  ],
  ["what was not asked for needs no conclusion", decided({}), "nothing in sync"],
  [
    "what was asked for and is not done yet is not concluded",
    decided({ phase: "busy" }, { asked: ASKED }),
    "nothing Reconciling Available",
  ],
  [
    "what was asked for and still differs is asked for again",
    decided({ fields: SMALL }, { asked: ASKED }),
    "change:resources Reconciling Updating",
  ],
  [
    "what was asked for of a broken thing is not done",
    decided(BROKEN, { asked: ASKED }),
    "nothing Stalled RemoteFailed",
  ],
  [
    "what is only observed is not even written to",
    decided({}, { resource: resource({ asked: ASKED, managementPolicy: "ObserveOnly" }) }),
    "nothing in sync",
  ],
  [
    "what is not there any more is made anew, whatever was asked of the one before",
    decided({}, { asked: ASKED, observation: SEES_NOTHING }),
    "create Reconciling Creating",
  ],
];

describe("a change that may come to nothing", () => {
  it.each(ROWS)("%s", (_, decision, expected) => {
    expect(worded(decision)).toBe(expected);
  });

  it("that came to nothing leaves the thing as ready as it is, and says what a person can do", () => {
    const decision = decided({ fields: SMALL, setback: SETBACK });
    expect(claimOf(decision, "Ready")).toMatchObject({ status: "True", reason: "Available" });
    expect(claimOf(decision, "Synced")).toMatchObject({
      status: "False",
      message: SETBACK.message,
    });
    expect(decision.requeueAfterMs).toBe(TIMING.restMs);
  });

  it("that is concluded is ready, and looked at again soon", () => {
    const decision = decided({}, { asked: ASKED });
    expect(claimOf(decision, "Ready")).toMatchObject({ status: "True" });
    expect(claimOf(decision, "Synced")).toMatchObject({ status: "True" });
    expect(decision.requeueAfterMs).toBe(TIMING.activeMs);
  });
});
