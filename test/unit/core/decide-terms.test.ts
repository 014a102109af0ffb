import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/decide.ts";
import type { Situation } from "../../../src/core/situation.ts";
import { type Halt, REMOVE, type Terms } from "../../../src/core/terms.ts";
import { DESIRED, NOW_MS, resource, sees, SEES_NOTHING, situation, thing } from "./situations.ts";

const TERMS: Terms = { offers: new Map() };

function halted(...stops: string[]): Terms {
  const halt: Halt = { why: "POST /v1/thing is missing", stops: new Set(stops) };
  return { ...TERMS, halt };
}

function offering(...types: string[]): Terms {
  return { offers: new Map([["type", types]]) };
}

const differing = { observation: sees(thing("17", { fields: { ...DESIRED, size: 1 } })) };
const switchingOff = {
  observation: sees(thing("17")),
  wish: { fields: { ...DESIRED, power: "Off" }, users: [] },
};
const leaving = { resource: resource({ isDeleting: true, recordedId: "17" }) };

interface Row {
  readonly reason: string;
  readonly given: Partial<Situation>;
  readonly expected: readonly [action: string, said: string];
}

const ROWS: readonly Row[] = [
  {
    reason: "what is not offered is not asked for",
    given: { observation: SEES_NOTHING, terms: offering("cuda", "jupyter") },
    expected: ["nothing", "NotOffered"],
  },
  {
    reason: "what is offered is made",
    given: { observation: SEES_NOTHING, terms: offering("pytorch", "cuda") },
    expected: ["create", "Creating"],
  },
  {
    reason: "an enumeration that is absent refuses nothing",
    given: { observation: SEES_NOTHING, terms: TERMS },
    expected: ["create", "Creating"],
  },
  {
    reason: "what is there already may be of a sort that is no longer offered",
    given: { observation: sees(thing("17")), terms: offering("cuda") },
    expected: ["nothing", "Available"],
  },
  {
    reason: "a change of something else does not ask for what is no longer offered",
    given: { ...differing, terms: offering("cuda") },
    expected: ["change:resources", "Updating"],
  },
  {
    reason: "a change to what is not offered is not sent",
    given: {
      ...differing,
      wish: { fields: { ...DESIRED, size: "huge" }, users: [] },
      terms: { offers: new Map([["size", ["small"]]]) },
    },
    expected: ["nothing", "NotOffered"],
  },
  {
    reason: "nothing is made by a request that is described otherwise",
    given: { observation: SEES_NOTHING, terms: halted() },
    expected: ["nothing", "ContractChanged"],
  },
  {
    reason: "nothing is changed while requests are described otherwise",
    given: { ...differing, terms: halted() },
    expected: ["nothing", "ContractChanged"],
  },
  {
    reason: "what needs no request is not troubled",
    given: { observation: sees(thing("17")), terms: halted() },
    expected: ["nothing", "Available"],
  },
  {
    reason: "switching off saves money, and its own request is as it was",
    given: { ...switchingOff, terms: halted(REMOVE) },
    expected: ["change:powerOff", "Updating"],
  },
  {
    reason: "a request to switch off that is described otherwise may do something else",
    given: { ...switchingOff, terms: halted("powerOff") },
    expected: ["nothing", "ContractChanged"],
  },
  {
    reason: "deleting saves money, and its own request is as it was",
    given: { ...leaving, observation: sees(thing("17")), terms: halted("powerOff") },
    expected: ["remove", "Deleting"],
  },
  {
    reason: "a request to delete that is described otherwise may delete something else",
    given: { ...leaving, observation: sees(thing("17")), terms: halted(REMOVE) },
    expected: ["nothing", "ContractChanged"],
  },
  {
    reason: "what is being deleted already needs no request",
    given: {
      ...leaving,
      observation: sees(thing("17", { phase: "deleting" })),
      terms: halted(REMOVE),
    },
    expected: ["nothing", "Deleting"],
  },
  {
    reason: "what is proven gone needs no request",
    given: { ...leaving, observation: SEES_NOTHING, terms: halted(REMOVE) },
    expected: ["release", ""],
  },
  {
    reason: "one too many is being paid for",
    given: { observation: sees(thing("17"), thing("18")), terms: halted() },
    expected: ["remove", "Available"],
  },
  {
    reason: "one too many is paid for rather than deleted by a request that nobody knows",
    given: { observation: sees(thing("17"), thing("18")), terms: halted(REMOVE) },
    expected: ["nothing", "Available"],
  },
  {
    reason: "a section that is not there cannot be looked at",
    given: { terms: { ...TERMS, absence: "there is no /v1/thing" } },
    expected: ["nothing", "SectionMissing"],
  },
  {
    reason: "what is to be retained can go all the same",
    given: {
      resource: resource({ isDeleting: true, deletionPolicy: "Retain" }),
      terms: { ...TERMS, absence: "there is no /v1/thing" },
    },
    expected: ["release", ""],
  },
];

describe("what a provider says of itself", () => {
  it.each(ROWS)("$reason", ({ given, expected }) => {
    const { action, claims } = decide(situation(given), NOW_MS);
    const done = action.do === "change" ? `change:${action.operation}` : action.do;
    expect([done, claims[0]?.reason ?? ""]).toEqual(expected);
  });

  it.each<[field: string, value: string, advice: string]>([
    ["type", "pytorch", "delete this resource and apply it again with one of these"],
    ["power", "On", "put one of these into the spec"],
  ])(
    "is told with the values that are allowed, and how to have one (%s)",
    (field, value, advice) => {
      const terms = { offers: new Map([[field, ["cuda", "jupyter"]]]) };
      const { claims } = decide(situation({ observation: SEES_NOTHING, terms }), NOW_MS);
      expect(claims.find(({ type }) => type === "Stalled")?.message).toBe(
        `spec.${field} "${value}" is not offered; allowed: cuda, jupyter; ${advice}`,
      );
    },
  );

  it("is told with the operation and the difference", () => {
    const { claims } = decide(situation({ observation: SEES_NOTHING, terms: halted() }), NOW_MS);
    expect(claims.find(({ type }) => type === "Stalled")?.message).toContain(
      "POST /v1/thing is missing",
    );
  });

  it("keeps messages short, however much is offered", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `type-${index}`);
    const { claims } = decide(
      situation({ observation: SEES_NOTHING, terms: offering(...many) }),
      NOW_MS,
    );
    expect(claims[0]?.message.length).toBeLessThan(500);
  });

  it("lets nothing through that makes or deletes by a request that is described otherwise", () => {
    const phases = fc.constantFrom("settled", "busy", "deleting", "failed", "unknown" as const);
    fc.assert(
      fc.property(fc.boolean(), fc.array(phases, { maxLength: 3 }), (isDeleting, list) => {
        const things = list.map((phase, index) => thing(String(17 + index), { phase }));
        const given = situation({
          resource: resource({ isDeleting }),
          observation: sees(...things),
          terms: halted(REMOVE, "powerOff"),
        });
        const { action } = decide(given, NOW_MS);
        return !["create", "change", "remove"].includes(action.do);
      }),
    );
  });
});
