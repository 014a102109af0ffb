import { describe, expect, it } from "vitest";
import { identify } from "../../../src/core/identity.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { FOREIGN_MARKER, NOW_MS, resource, sees, SEES_NOTHING, thing } from "./situations.ts";

const unmarked = thing("17", { label: "default/train" });
const foreign = thing("17", { label: `somebody's ${FOREIGN_MARKER}` });

/** What is seen where the named thing does not bear our marker. */
function seesNamed(named: typeof unmarked, ...marked: (typeof unmarked)[]): Observation {
  return {
    lookedAtMs: NOW_MS,
    marked,
    named,
    credential: "first",
    isNamedListed: true,
    isNamedGone: false,
  };
}

describe("identify by marker", () => {
  it("knows its own without any record", () => {
    const ours = thing("5");
    expect(identify(resource(), sees(ours))).toEqual({ is: "ours", thing: ours, twins: [] });
  });

  it("keeps the recorded one of several, and names the others twins", () => {
    const identity = identify(resource({ recordedId: "9" }), sees(thing("5"), thing("9")));
    expect(identity).toMatchObject({ is: "ours", thing: { id: "9" }, twins: [{ id: "5" }] });
  });

  it("keeps the first of several where none is recorded", () => {
    const identity = identify(resource(), sees(thing("5"), thing("9"), thing("10")));
    expect(identity).toMatchObject({ thing: { id: "5" }, twins: [{ id: "9" }, { id: "10" }] });
  });

  it("prefers one that lives to a recorded one on its way out, which is no twin either", () => {
    const leaving = thing("5", { phase: "deleting" });
    const identity = identify(resource({ recordedId: "5" }), sees(leaving, thing("9")));
    expect(identity).toMatchObject({ thing: { id: "9" }, twins: [] });
  });

  it("takes one on its way out where there is no other", () => {
    const leaving = thing("5", { phase: "deleting" });
    expect(identify(resource(), sees(leaving))).toMatchObject({ is: "ours", thing: { id: "5" } });
  });

  it.each([
    ["bears no marker", unmarked],
    ["bears another's marker", foreign],
  ])("never takes the recorded thing for ours where it %s", (_, named) => {
    expect(identify(resource({ recordedId: "17" }), seesNamed(named))).toEqual({
      is: "unmarked",
      thing: named,
    });
  });

  it("prefers a marked thing to a recorded one without a marker", () => {
    const identity = identify(resource({ recordedId: "17" }), seesNamed(unmarked, thing("5")));
    expect(identity).toMatchObject({ is: "ours", thing: { id: "5" }, twins: [] });
  });

  it("passes on whether the absence is proven", () => {
    expect(identify(resource(), SEES_NOTHING)).toEqual({ is: "absent", isProven: true });
    expect(
      identify(resource(), {
        ...SEES_NOTHING,
        credential: "first",
        isNamedListed: true,
        isNamedGone: false,
      }),
    ).toEqual({
      is: "absent",
      isProven: false,
    });
  });
});

describe("identify by adoption", () => {
  const adopting = resource({ adoptId: "17" });

  it("takes over what bears no marker", () => {
    expect(identify(adopting, seesNamed(unmarked))).toMatchObject({ is: "ours", twins: [] });
  });

  it("refuses what bears another resource's marker, and says whose", () => {
    expect(identify(adopting, seesNamed(foreign))).toEqual({
      is: "refused",
      thing: foreign,
      marker: FOREIGN_MARKER,
    });
  });

  it("only looks at what bears another's marker, and that is allowed", () => {
    const observing = resource({ adoptId: "17", managementPolicy: "ObserveOnly" });
    expect(identify(observing, seesNamed(foreign))).toMatchObject({ is: "ours", twins: [] });
  });

  it("never counts things with its own marker as twins: the user named one id", () => {
    expect(identify(adopting, seesNamed(unmarked, thing("5")))).toMatchObject({
      thing: { id: "17" },
      twins: [],
    });
  });

  it("passes on whether the absence is proven", () => {
    expect(identify(adopting, SEES_NOTHING)).toEqual({ is: "absent", isProven: true });
  });
});
