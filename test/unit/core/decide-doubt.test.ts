import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/decide.ts";
import { effortOf } from "../../../src/core/decision.ts";
import { CREATE_EFFORT } from "../../../src/core/outcomes-of-absence.ts";
import type { Situation } from "../../../src/core/situation.ts";
import {
  DESIRED,
  NOW_MS,
  resource,
  sees,
  SEES_NOTHING,
  situation,
  thing,
  TIMING,
} from "./situations.ts";

const FORMER = "former";
const intent = { attempt: 1, time: "2026-01-01T00:00:00.000Z", credential: FORMER };
const longAgo = { intentSeenAtMs: NOW_MS - TIMING.quietMs };
const seenByFormer = { recordedId: "17", seenWith: FORMER };

function said(given: Partial<Situation>): readonly [action: string, ...reasons: string[]] {
  const { action, claims } = decide(situation({ observation: SEES_NOTHING, ...given }), NOW_MS);
  return [action.do, ...new Set(claims.map(({ reason }) => reason))];
}

describe("what another credential saw", () => {
  it.each([
    ["is not made again", { isDeleting: false }],
    ["is not let go of", { isDeleting: true }],
  ])("%s because this one does not see it", (_, { isDeleting }) => {
    const given = { resource: resource({ ...seenByFormer, isDeleting }) };
    expect(said(given)).toEqual(["nothing", "NotVisible"]);
  });

  it("is gone where the same credential does not see it any more", () => {
    const given = { resource: resource({ recordedId: "17", seenWith: "first" }) };
    expect(said(given)[0]).toBe("create");
  });

  it("is gone where the user says so, of this very thing", () => {
    const acknowledged = resource({ ...seenByFormer, acknowledgedGone: "17" });
    expect(said({ resource: acknowledged })[0]).toBe("create");
    const ofAnother = resource({ ...seenByFormer, acknowledgedGone: "16" });
    expect(said({ resource: ofAnother })).toEqual(["nothing", "NotVisible"]);
  });

  it("is gone where we deleted it ourselves", () => {
    const deleting = resource({ ...seenByFormer, isDeleting: true, intent });
    const memory = { ...longAgo, settledAttempt: 1, deletedId: "17" };
    expect(said({ resource: deleting, memory })[0]).toBe("release");
  });

  it("may have been made by a request whose answer was lost", () => {
    const open = { intent };
    expect(said({ resource: resource(open), memory: longAgo })).toEqual(["nothing", "NotVisible"]);
    expect(
      said({ resource: resource({ ...open, acknowledgedGone: "create-1" }), memory: longAgo })[0],
    ).toBe("create");
    expect(said({ resource: resource(open), memory: { ...longAgo, refusedAttempt: 1 } })[0]).toBe(
      "create",
    );
  });

  it("tells what to do, word by word", () => {
    const { claims } = decide(
      situation({ observation: SEES_NOTHING, resource: resource(seenByFormer) }),
      NOW_MS,
    );
    expect(claims[0]?.message).toMatch(/grant it that.*acknowledge-gone: "17"/);
  });
});

describe("a suspect account", () => {
  it.each([false, true])("lets go of what the user acknowledged (deleting: %s)", (isDeleting) => {
    const acknowledged = resource({ recordedId: "17", acknowledgedGone: "17", isDeleting });
    expect(said({ resource: acknowledged, suspicion: "odd" })[0]).toBe(
      isDeleting ? "release" : "create",
    );
  });
});

describe("what was accepted and is not seen to be done", () => {
  const wish = { fields: { ...DESIRED, size: 5 }, users: [] };
  const decided = decide(situation({ wish, observation: sees(thing("17")) }), NOW_MS).action;
  const what = decided.do === "change" ? effortOf(decided) : "";
  const given = (count: number, agoMs: number): Partial<Situation> => ({
    wish,
    observation: sees(thing("17")),
    memory: { effort: { what, count, atMs: NOW_MS - agoMs } },
  });

  it("is asked for again after twice the active interval, and no sooner", () => {
    expect(said(given(1, 2 * TIMING.activeMs - 1))[0]).toBe("nothing");
    expect(said(given(1, 2 * TIMING.activeMs))[0]).toBe("change");
  });

  it("waits twice as long each time, and says so after a few", () => {
    expect(said(given(2, 2 * TIMING.activeMs))).toContain("Updating");
    expect(said(given(3, 4 * TIMING.activeMs))).toEqual(["nothing", "NoEffect"]);
    expect(said(given(3, 8 * TIMING.activeMs))[0]).toBe("change");
  });

  it("does not hold up another change", () => {
    expect(said({ ...given(9, 0), wish: { ...wish, fields: { ...DESIRED, size: 6 } } })[0]).toBe(
      "change",
    );
  });

  it("holds for deletions too", () => {
    const remove = { do: "remove", ids: ["17"] } as const;
    const deletion = {
      resource: resource({ isDeleting: true, recordedId: "17" }),
      observation: sees(thing("17")),
      memory: { effort: { what: effortOf(remove), count: 5, atMs: NOW_MS } },
    };
    expect(said(deletion)).toEqual(["nothing", "NoEffect"]);
    expect(said({ ...deletion, memory: {} })[0]).toBe("remove");
  });

  it("holds for things that vanish before they are up, each of which costs money", () => {
    const memory = { ...longAgo, effort: { what: CREATE_EFFORT, count: 4, atMs: NOW_MS - 1_000 } };
    expect(said({ memory, resource: resource({ recordedId: "17" }) })).toEqual([
      "nothing",
      "NoEffect",
    ]);
  });
});

describe("readiness behind an obstacle", () => {
  const obstacle = { reason: "DependencyNotReady", message: "waits", isStalled: false } as const;
  const ready = (fields: Situation["wish"]["fields"]): string | undefined =>
    decide(
      situation({ observation: sees(thing("17")), wish: { fields, users: [], obstacle } }),
      NOW_MS,
    ).claims.find(({ type }) => type === "Ready")?.status;

  it("is the thing's own where the thing is as wanted", () => {
    expect(ready(DESIRED)).toBe("True");
  });

  it("is False where a change has to wait", () => {
    expect(ready({ ...DESIRED, size: 5 })).toBe("False");
  });
});

describe("a thing of which list and GET tell different things", () => {
  it("is asked for by itself at every tick where no list shows it", () => {
    const unlisted = { ...sees(thing("17")), isNamedListed: false };
    const { requeueAfterMs } = decide(situation({ observation: unlisted }), NOW_MS);
    expect(requeueAfterMs).toBe(TIMING.restMs);
    expect(
      decide(situation({ observation: sees(thing("17")) }), NOW_MS).requeueAfterMs,
    ).toBeUndefined();
  });

  it("is looked at again as well where the list shows another of ours that a GET does not", () => {
    const odd = { ...sees(thing("17")), isAnyDenied: true };
    const { action, requeueAfterMs } = decide(situation({ observation: odd }), NOW_MS);

    expect(action).toEqual({ do: "nothing" });
    expect(requeueAfterMs).toBe(TIMING.restMs);
  });
});
