import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/decide.ts";
import type { Decision } from "../../../src/core/decision.ts";
import type { Observation } from "../../../src/core/observation.ts";
import type { Resource } from "../../../src/core/resource.ts";
import { REMOVE } from "../../../src/core/terms.ts";
import type { Situation } from "../../../src/core/situation.ts";
import {
  DESIRED,
  FOREIGN_MARKER,
  KIND,
  NOW_MS,
  resource,
  sees,
  SEES_NOTHING,
  situation,
  thing,
} from "./situations.ts";

const unrecorded = (changes: Partial<Resource> = {}): Resource =>
  resource({ isDeleting: true, isProtected: true, ...changes });
const held = (changes: Partial<Resource> = {}): Resource =>
  unrecorded({ recordedId: "17", ...changes });
const isThere = sees(thing("17"));
const intent = { attempt: 1, time: "2026-01-01T00:00:00.000Z" };
const halt = { why: "DELETE /v1/thing is described otherwise", stops: new Set([REMOVE]) };

interface Row {
  readonly reason: string;
  readonly given: Partial<Situation>;
  /** The action, and what is said in the condition that tells most. */
  readonly expected: readonly [action: string, said?: string];
}

const KEPT: readonly Row[] = [
  {
    reason: "what is there stays, and a person is told",
    given: { resource: held(), observation: isThere },
    expected: ["nothing", "DeletionProtected"],
  },
  {
    reason: "what was not recorded yet is protected as well",
    given: { resource: unrecorded(), observation: isThere },
    expected: ["nothing", "DeletionProtected"],
  },
  {
    reason: "what was adopted is protected as well",
    given: { resource: held({ adoptId: "17" }), observation: sees(thing("17", { label: "mine" })) },
    expected: ["nothing", "DeletionProtected"],
  },
  ...(["busy", "failed", "unknown"] as const).map((phase) => ({
    reason: `protection asks for no state: ${phase}`,
    given: { resource: held(), observation: sees(thing("17", { phase })) },
    expected: ["nothing", "DeletionProtected"] as const,
  })),
  {
    reason: "nothing else is done meanwhile, not even what saves money",
    given: {
      resource: held(),
      observation: isThere,
      wish: { fields: { ...DESIRED, power: "Off", size: 9 }, users: [] },
    },
    expected: ["nothing", "DeletionProtected"],
  },
  {
    reason: "a person hears of the protection before what a request to delete would wait for",
    given: {
      resource: held(),
      observation: sees(thing("17", { usedBy: ["instance 4"] })),
      suspicion: "odd",
      terms: { offers: new Map(), halt },
    },
    expected: ["nothing", "DeletionProtected"],
  },
  {
    reason: "nobody is asked to delete what uses a thing that stays",
    given: { resource: held(), wish: { fields: DESIRED, users: ['HpcInstance "train"'] } },
    expected: ["nothing", "DeletionProtected"],
  },
  {
    reason: "nor to take other finalizers off",
    given: { resource: held({ otherFinalizers: ["backup/wait"] }) },
    expected: ["nothing", "DeletionProtected"],
  },
  {
    reason: "without a look only a look can tell whether there is anything to protect",
    given: { resource: held() },
    expected: ["observe"],
  },
];

const STRONGER: readonly Row[] = [
  {
    reason: "without our finalizer nothing is ours to say",
    given: { resource: held({ hasFinalizer: false }), observation: isThere },
    expected: ["nothing"],
  },
  {
    reason: "hands off is hands off: nothing is done that protection would have to stop",
    given: { resource: held({ isPaused: true }), observation: isThere },
    expected: ["nothing", "Paused"],
  },
  {
    reason: "what is to be retained is not deleted, so its protection holds nothing back",
    given: { resource: held({ deletionPolicy: "Retain" }), observation: isThere },
    expected: ["release"],
  },
  {
    reason: "what is only observed is not deleted either",
    given: { resource: held({ managementPolicy: "ObserveOnly" }), observation: isThere },
    expected: ["release"],
  },
  {
    reason: "what another resource owns was never deleted with this one",
    given: {
      resource: held({ adoptId: "17" }),
      observation: sees(thing("17", { label: `b ${FOREIGN_MARKER}` })),
    },
    expected: ["release"],
  },
  {
    reason: "without its marker nothing proves that it is ours; that is to be mended first",
    given: {
      resource: held(),
      observation: { ...SEES_NOTHING, named: thing("17", { label: "x" }), isNamedGone: false },
    },
    expected: ["nothing", "MarkerMissing"],
  },
  {
    reason: "what somebody else deletes cannot be kept any more",
    given: { resource: held(), observation: sees(thing("17", { phase: "deleting" })) },
    expected: ["nothing", "Deleting"],
  },
];

const NOTHING_TO_PROTECT: readonly Row[] = [
  {
    reason: "what was refused, or never asked for, leaves nothing to protect",
    given: { resource: unrecorded(), observation: SEES_NOTHING },
    expected: ["release"],
  },
  {
    reason: "what is proven gone needs no protection",
    given: { resource: held(), observation: SEES_NOTHING },
    expected: ["release"],
  },
  {
    reason: "one 404 is no proof",
    given: { resource: held(), observation: { ...SEES_NOTHING, isNamedGone: false } },
    expected: ["nothing", "Deleting"],
  },
  {
    reason: "an unknown create request is settled first: what it made is then protected",
    given: {
      resource: unrecorded({ intent }),
      observation: SEES_NOTHING,
      memory: { intentSeenAtMs: NOW_MS },
    },
    expected: ["nothing", "Settling"],
  },
  {
    reason: "what a suspect account does not show may live",
    given: { resource: held(), observation: SEES_NOTHING, suspicion: "odd" },
    expected: ["nothing", "AccountSuspect"],
  },
  {
    reason: "what another credential saw may live",
    given: { resource: held({ seenWith: "another" }), observation: SEES_NOTHING },
    expected: ["nothing", "NotVisible"],
  },
];

const TWINS: readonly Row[] = [
  {
    reason:
      "the recorded one stays, its twin goes: two would be paid for as long as a person takes",
    given: { resource: held({ recordedId: "18" }), observation: sees(thing("17"), thing("18")) },
    expected: ["remove:17", "DeletionProtected"],
  },
  {
    reason: "of several that nobody recorded the same one stays as in life",
    given: {
      resource: unrecorded(),
      observation: sees(thing("17"), thing("18"), thing("19")),
    },
    expected: ["remove:18,19", "DeletionProtected"],
  },
  {
    reason: "one that lives stays where the recorded one is on its way out",
    given: {
      resource: held(),
      observation: sees(thing("17", { phase: "deleting" }), thing("18")),
    },
    expected: ["nothing", "DeletionProtected"],
  },
  {
    reason: "a suspect account is not cleaned up",
    given: {
      resource: held(),
      observation: sees(thing("17"), thing("18")),
      suspicion: "odd",
    },
    expected: ["nothing", "DeletionProtected"],
  },
  {
    reason: "a request that is described otherwise is not sent",
    given: {
      resource: held(),
      observation: sees(thing("17"), thing("18")),
      terms: { offers: new Map(), halt },
    },
    expected: ["nothing", "DeletionProtected"],
  },
  {
    reason: "whose value is kept stays, whatever is recorded",
    given: {
      resource: held(),
      observation: sees(thing("17"), thing("18")),
      kept: { id: "18", wallClockMs: 0 },
    },
    expected: ["remove:17", "DeletionProtected"],
  },
  {
    reason: "where no value is kept any more, the recorded one stays",
    given: {
      resource: held(),
      observation: sees(thing("17")),
      kept: { wallClockMs: 0 },
    },
    expected: ["nothing", "DeletionProtected"],
  },
];

describe("a protected resource that is being deleted", () => {
  it.each([...KEPT, ...STRONGER, ...NOTHING_TO_PROTECT, ...TWINS])(
    "$expected: $reason",
    ({ given, expected: [action, said] }) => {
      const decision = decide(situation(given), NOW_MS);

      expect(actionText(decision)).toBe(action);
      expect(decision.claims.at(-1)?.reason).toBe(said);
    },
  );

  it.each([
    ["another finalizer", { otherFinalizers: ["backup/wait"] }, {}, "FinalizersRemain"],
    ["a user", {}, { wish: { fields: DESIRED, users: ["train"] } }, "InUse"],
    ["nothing", {}, { observation: isThere }, "Deleting"],
  ])("goes on as any other without its protection: held by %s", (_, changes, given, said) => {
    const free = held({ ...changes, isProtected: false });
    const { claims } = decide(situation({ resource: free, ...given }), NOW_MS);

    expect(claims.at(-1)?.reason).toBe(said);
  });

  it("is not ready, stalled, and shows its thing as it is", () => {
    const decision = decide(situation({ resource: held(), observation: isThere }), NOW_MS);

    expect(decision.claims.map(({ type, status }) => `${type}=${status}`)).toEqual([
      "Ready=False",
      "Synced=False",
      "Stalled=True",
    ]);
    expect(decision.thing?.id).toBe("17");
    expect(decision.forgets).toBeUndefined();
  });

  it.each([
    ["seen", { observation: isThere }],
    ["not looked at", { wish: { fields: DESIRED, users: ["train"] } }],
  ])("says how to go on and how to keep the thing: %s", (_, given) => {
    const message = messageOf(decide(situation({ resource: held(), ...given }), NOW_MS));

    expect(message).toContain("17 stays");
    expect(message).toContain(
      `kubectl patch hpcinstance train -n default --type merge -p '{"spec":{"deletionProtection":false}}'`,
    );
    expect(message).toContain("set spec.deletionPolicy to Retain");
  });

  it.each([
    ["seen", { observation: isThere }],
    ["not looked at", { wish: { fields: DESIRED, users: ["train"] } }],
  ])("does not name a policy that its kind does not have: %s", (_, given) => {
    const kind = { ...KIND, isNeverRetained: true } as const;
    const message = messageOf(decide(situation({ resource: held(), kind, ...given }), NOW_MS));

    expect(message).toContain("deletionProtection");
    expect(message).not.toContain("deletionPolicy");
  });

  it.each([
    ["a create request that took effect twice", undefined, "DuplicateDeleted"],
    ["a value that was replaced", { id: "17", wallClockMs: 0 }, "SurplusDeleted"],
  ])("tells why a twin goes: %s", (_, kept, said) => {
    const observation = sees(thing("17"), thing("18"));
    const { notice } = decide(situation({ resource: held(), observation, kept }), NOW_MS);

    expect(notice?.reason).toBe(said);
    expect(notice?.message).toContain("18");
  });
});

describe("a protected resource that lives", () => {
  const alive = resource({ isProtected: true, recordedId: "17" });

  it.each([
    ["is changed like any other", sees(thing("17", { fields: { ...DESIRED, size: 1 } })), "change"],
    ["is made again like any other", SEES_NOTHING, "create"],
    ["is freed of its twins like any other", sees(thing("17"), thing("18")), "remove"],
  ])("%s", (_, observation, action) => {
    expect(decide(situation({ resource: alive, observation }), NOW_MS).action.do).toBe(action);
  });

  it("has its value replaced, and what was replaced goes", () => {
    const kept = { id: "18", renewBeforeMs: 2, wallClockMs: 0 };
    const both = sees(thing("17"), thing("18"));
    const ending = sees(thing("18", { endsAtMs: 1 }));
    const decided = (observation: Observation): Decision["action"] =>
      decide(situation({ resource: alive, observation, kept }), NOW_MS).action;

    expect(decided(both)).toEqual({ do: "remove", ids: ["17"] });
    expect(decided(ending)).toEqual({ do: "create" });
  });
});

function actionText({ action }: Decision): string {
  return action.do === "remove" ? `remove:${action.ids.join(",")}` : action.do;
}

function messageOf({ claims }: Decision): string {
  return claims.find(({ type }) => type === "Stalled")?.message ?? "";
}
