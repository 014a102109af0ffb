import { describe, expect, it } from "vitest";
import { observe } from "../../../src/controller/observe.ts";
import type { Observation, RemoteThing } from "../../../src/core/observation.ts";
import type { Resource } from "../../../src/core/resource.ts";
import type { Interest, RemoteKind } from "../../../src/provider/port.ts";
import { DESIRED, resource, thing } from "../core/situations.ts";
import { connection } from "./objects.ts";

const { signal } = new AbortController();
const ASKED = { operation: "update", wanted: "x", after: "", time: "" };

async function observed(
  things: readonly RemoteThing[],
  changes: Partial<Resource>,
  present: Partial<RemoteKind>,
): Promise<Observation> {
  const seen = connection({
    credential: "first",
    list: async () => things,
    get: async (id) => things.find((one) => one.id === id),
    ...present,
  });
  const found = await observe({
    resource: resource({ recordedId: "17", ...changes }),
    awaited: undefined,
    connection: seen,
    wish: { fields: DESIRED, users: [] },
    sinceMs: 0,
    now: () => 0,
    signal,
  });
  return "awaited" in found ? expect.unreachable("it is there") : found;
}

/** Notes what is asked of each thing. */
function elaborating(notes: [id: string, interest: Interest][]): Partial<RemoteKind> {
  return {
    elaborate: async (one, interest) => {
      notes.push([one.id, interest]);
      return { ...one, status: { ...one.status, isDetailed: true } };
    },
  };
}

describe("what further questions show of a thing", () => {
  it("is asked with what is wanted and what was asked for last", async () => {
    const notes: [string, Interest][] = [];
    const { named } = await observed([thing("17")], { asked: ASKED }, elaborating(notes));
    expect(notes).toEqual([["17", { wanted: DESIRED, asked: ASKED }]]);
    expect(named?.status).toMatchObject({ isDetailed: true });
  });

  it("is asked once for each thing, and the named one is the very same as the marked one", async () => {
    const notes: [string, Interest][] = [];
    const { named, marked } = await observed([thing("17"), thing("18")], {}, elaborating(notes));
    expect(notes.map(([id]) => id).toSorted()).toEqual(["17", "18"]);
    expect(marked).toHaveLength(2);
    expect(marked).toContain(named);
  });

  it("is not asked for on the way out", async () => {
    const notes: [string, Interest][] = [];
    await observed([thing("17")], { isDeleting: true }, elaborating(notes));
    expect(notes).toEqual([]);
  });

  it("is not asked of kinds that have none", async () => {
    const { named } = await observed([thing("17")], {}, {});
    expect(named).toEqual(thing("17"));
  });

  it("has what is billed on top of it", async () => {
    const withCharge = (one: RemoteThing): RemoteThing => ({
      ...one,
      status: { ...one.status, charge: one.status["isDetailed"] === true ? 7 : 0 },
    });
    const { named } = await observed([thing("17")], {}, { ...elaborating([]), withCharge });
    expect(named?.status).toMatchObject({ isDetailed: true, charge: 7 });
  });

  it("that cannot be had is no observation", async () => {
    const elaborate = (): Promise<never> => Promise.reject(new Error("the tasks cannot be read"));
    await expect(observed([thing("17")], {}, { elaborate })).rejects.toThrow("the tasks");
  });
});
