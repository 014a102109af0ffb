import { describe, expect, it } from "vitest";
import type { Revision } from "../../faults/cluster-history.ts";
import { HPC_PARK_READING } from "../../faults/invariants/reading.ts";
import { type Bounds, type History, violations } from "../../faults/invariants.ts";

const CANARY = "cAnArY7f3a9c51d2e84b60af17c3d5e9b82746tOkEn";
const BOUNDS: Bounds = {
  doubleMs: 0,
  quietMs: 0,
  calls: 0,
  adopted: new Set(),
  canaries: [CANARY],
};
const NOTHING: History = {
  entries: [],
  revisions: [],
  exchanges: [],
  nowMs: 0,
  log: "",
  holes: [],
  reading: HPC_PARK_READING,
};

const READY = { type: "Ready", status: "True", reason: "Available", message: "" };

function refusedWith(message: string): Revision {
  return revisionOf({ type: "Synced", status: "False", reason: "Unauthorized", message });
}

function revisionOf(condition: object): Revision {
  const metadata = { name: "one", namespace: "n", uid: "u", resourceVersion: "1", generation: 1 };
  const object = { metadata, status: { conditions: [condition] } };
  return { type: "ADDED", kind: "HpcInstance", object, seenMs: 0 };
}

function eventSaying(note: string): History["exchanges"][number] {
  const path = "/apis/events.k8s.io/v1/namespaces/n/events";
  return { method: "POST", path, body: JSON.stringify({ note }), status: 201, answeredMs: 0 };
}

describe("violations: a token", () => {
  it.each<[where: string, history: Partial<History>]>([
    ["a line of the log", { log: `{"msg":"will retry","err":"Bearer ${CANARY}"}\n` }],
    ["a condition", { revisions: [refusedWith(`told ${CANARY}`)] }],
    ["an event", { exchanges: [eventSaying(`refused: ${CANARY}`)] }],
  ])("is found in %s, and is not repeated", (_, history) => {
    const found = violations({ ...NOTHING, ...history }, BOUNDS).join("\n");

    expect(found).toContain("I12 secrets: a canary of 43 characters");
    expect(found).not.toContain(CANARY);
  });

  it("is not found where there is none", () => {
    expect(violations(NOTHING, BOUNDS)).toEqual([]);
  });
});

describe("violations: the recorder", () => {
  const holes = ["the recorder's watch of HpcInstance is not open"];

  it("says each hole of its history, and accuses nobody by what is left of it", () => {
    const lying = { ...NOTHING, revisions: [revisionOf(READY)], nowMs: 60_000 };

    expect(violations(lying, BOUNDS)).toEqual([expect.stringContaining("I15 honest")]);
    expect(violations({ ...lying, holes }, BOUNDS)).toEqual(holes);
  });

  it("is no excuse for a token that is shown", () => {
    const found = violations({ ...NOTHING, holes, log: CANARY }, BOUNDS);

    expect(found).toEqual([...holes, expect.stringContaining("I12")]);
  });
});
