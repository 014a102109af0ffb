import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/decide.ts";
import type { Decision } from "../../../src/core/decision.ts";
import type { Kept } from "../../../src/core/kept.ts";
import type { Situation } from "../../../src/core/situation.ts";
import { KIND, NOW_MS, resource, sees, SEES_NOTHING, situation, thing } from "./situations.ts";

const WALL_MS = Date.parse("2026-06-01T00:00:00Z");
const HOUR_MS = 3_600_000;
const kept = (id?: string, renewBeforeMs: number | undefined = HOUR_MS): Kept => ({
  id,
  renewBeforeMs,
  wallClockMs: WALL_MS,
});
const token = (id: string, endsInMs = 10 * HOUR_MS, usedBy: string[] = []) =>
  thing(id, { endsAtMs: WALL_MS + endsInMs, usedBy });

function decided(changes: Partial<Situation>): Decision {
  return decide(situation({ resource: resource({ recordedId: "1" }), ...changes }), NOW_MS);
}

function statusOf({ claims }: Decision, type: string): string | undefined {
  return claims.find((claim) => claim.type === type)?.status;
}

describe("a kind whose things have a value that is shown once", () => {
  it("rests while the value is kept, and comes back, for nobody tells of its Secret", () => {
    const decision = decided({ observation: sees(token("1")), kept: kept("1") });
    expect(decision.action.do).toBe("nothing");
    expect(statusOf(decision, "Ready")).toBe("True");
    expect(decision.requeueAfterMs).toBeDefined();
  });

  it.each([
    ["the recorded one", "1"],
    ["one that a crash left behind", "2"],
  ])("deletes what nobody holds the value of: %s", (_, id) => {
    const decision = decided({ observation: sees(token(id)), kept: kept() });
    expect(decision.action).toEqual({ do: "remove", ids: [id] });
    expect(decision.forgets).toBe(true);
  });

  it("deletes all of several that nobody holds", () => {
    const observation = sees(token("1"), token("2"));
    expect(decided({ observation, kept: kept("9") }).action).toEqual({
      do: "remove",
      ids: ["1", "2"],
    });
  });

  it("keeps what the Secret holds, whatever is recorded, and deletes the other", () => {
    const observation = sees(token("1"), token("2"));
    expect(decided({ observation, kept: kept("2") }).action).toEqual({ do: "remove", ids: ["1"] });
    expect(decided({ observation, kept: kept("1") }).action).toEqual({ do: "remove", ids: ["2"] });
  });

  it("never deletes what the operator itself works with, but replaces it where nobody holds it", () => {
    const own = token("1", 10 * HOUR_MS, ["the operator itself"]);
    expect(decided({ observation: sees(own), kept: kept() }).action.do).toBe("create");
    const both = sees(own, token("2"));
    expect(decided({ observation: both, kept: kept("2") }).action.do).toBe("nothing");
  });

  it("deletes nothing while the account is suspect", () => {
    const changes = { observation: sees(token("1"), token("2")), suspicion: "strange" };
    expect(decided({ ...changes, kept: kept() }).action.do).toBe("nothing");
    expect(decided({ ...changes, kept: kept("1") }).action.do).toBe("nothing");
  });

  it("replaces what comes to its end, and stays ready meanwhile", () => {
    const decision = decided({ observation: sees(token("1", HOUR_MS)), kept: kept("1") });
    expect(decision.action.do).toBe("create");
    expect(statusOf(decision, "Ready")).toBe("True");
    expect(decision.thing?.id).toBe("1");
  });

  it.each([
    ["it is not time yet", { observation: sees(token("1", HOUR_MS + 1)) }],
    ["the account is suspect", { suspicion: "strange" }],
    ["an earlier create request may still take effect", { memory: { intentSeenAtMs: NOW_MS } }],
  ])("does not replace it where %s", (_, changes) => {
    const observation = sees(token("1", HOUR_MS));
    const decision = decided({ observation, kept: kept("1"), ...changes });
    expect(decision.action.do).toBe("nothing");
  });

  it("replaces ever more slowly what has to be replaced again and again", () => {
    const creations = { what: "create", count: 5, atMs: NOW_MS - 1 };
    const observation = sees(token("1", 0));
    const decision = decided({ observation, kept: kept("1"), memory: { creations } });
    expect(decision.action.do).toBe("nothing");
    expect(decision.claims).toContainEqual(expect.objectContaining({ reason: "NoEffect" }));
  });

  it("makes ever more slowly what could not be kept", () => {
    const creations = { what: "create", count: 5, atMs: NOW_MS - 1 };
    const memory = { creations, refusedAttempt: 1 };
    const decision = decided({
      resource: resource(),
      observation: SEES_NOTHING,
      kept: kept(),
      memory,
    });
    expect(decision.action.do).toBe("nothing");
  });

  it("is stalled at an end that was asked for", () => {
    const observation = sees(token("1", -1));
    const decision = decided({ observation, kept: { id: "1", wallClockMs: WALL_MS } });
    expect(decision.action.do).toBe("nothing");
    expect(statusOf(decision, "Ready")).toBe("False");
    expect(decision.claims).toContainEqual(
      expect.objectContaining({ type: "Stalled", reason: "Expired" }),
    );
  });

  it("is not ready after its end, and not stalled where it is only not time to replace it", () => {
    const observation = sees(token("1", -1));
    const memory = { intentSeenAtMs: NOW_MS };
    const decision = decided({ observation, kept: kept("1"), memory });
    expect(statusOf(decision, "Ready")).toBe("False");
    expect(statusOf(decision, "Stalled")).toBeUndefined();
    const surplus = decided({ observation: sees(token("1", -1), token("2")), kept: kept("1") });
    expect(statusOf(surplus, "Ready")).toBe("False");
  });

  it("goes with all that is ours on the way out, whatever is kept", () => {
    const leaving = resource({ isDeleting: true, recordedId: "1" });
    const observation = sees(token("1"), token("2"));
    expect(decided({ resource: leaving, observation }).action).toEqual({
      do: "remove",
      ids: ["1", "2"],
    });
  });

  it.each([
    [
      "without its marker",
      {
        observation: { ...SEES_NOTHING, named: thing("1", { label: "train" }), isNamedGone: false },
      },
      "delete it in the panel",
    ],
    [
      "in a section that is gone",
      { terms: { offers: new Map(), absence: "there is no /v1/thing" } },
      "have it opened",
    ],
  ])("is not advised a policy that its kind does not have: %s", (_, given, advice) => {
    const leaving = resource({ isDeleting: true, recordedId: "1" });
    const kind = { ...KIND, isNeverRetained: true } as const;
    const { claims } = decided({ resource: leaving, kind, ...given });
    const message = claims.find(({ type }) => type === "Stalled")?.message;
    expect(message).toContain(advice);
    expect(message).not.toContain("deletionPolicy");
  });
});
