import { describe, expect, it } from "vitest";
import { statusPatch, type StatusInput } from "../../../src/controller/status-patch.ts";
import type { ManagedStatus } from "../../../src/controller/managed-object.ts";
import { claim, inSync, onTheWay } from "../../../src/core/decision.ts";
import { thing } from "../core/situations.ts";
import { objectOf } from "./objects.ts";

const EARLIER = "2026-01-01T00:00:00Z";
const NOW = "2026-02-02T00:00:00Z";
const READY = inSync(["Available", "running"]);
const SEEN = thing("7", { status: { state: "on", host: "a", ports: [{ internal: 22 }] } });

function patchOf(status: ManagedStatus | undefined, input: Partial<StatusInput> = {}) {
  return statusPatch({
    object: objectOf("train", status === undefined ? {} : { status }),
    claims: READY,
    thing: SEEN,
    statusId: Number,
    forgets: false,
    at: NOW,
    ...input,
  });
}

/** The status after one patch. */
function written(input: Partial<StatusInput> = {}): ManagedStatus {
  return { ...patchOf(undefined, { at: EARLIER, ...input }) };
}

describe("statusPatch", () => {
  it("writes everything the first time", () => {
    expect(patchOf(undefined)).toMatchObject({
      id: 7,
      state: "on",
      host: "a",
      observedGeneration: 1,
      conditions: [{ type: "Ready", lastTransitionTime: NOW }, { type: "Synced" }],
    });
  });

  it("is nothing where nothing has changed, however late it is", () => {
    expect(patchOf(written())).toBeUndefined();
  });

  it("is nothing where undefined fields are all that differs", () => {
    const silent = { ...SEEN, status: { ...SEEN.status, gpu: undefined } };
    expect(patchOf(written(), { thing: silent })).toBeUndefined();
  });

  it("holds only what differs", () => {
    const moved = { ...SEEN, status: { ...SEEN.status, host: "b" } };
    expect(patchOf(written(), { thing: moved })).toEqual({ host: "b" });
  });

  it("writes null for what has vanished", () => {
    const { host: _, ...rest } = SEEN.status;
    expect(patchOf(written(), { thing: { ...SEEN, status: rest } })).toEqual({ host: null });
  });

  it("says whether it is ready where nobody has said so, or somebody has taken that away", () => {
    const refused = [claim("Synced", "False", ["Forbidden", "no right to do that"])];
    const { conditions } = { ...patchOf({}, { claims: refused }) };
    expect(conditions).toContainEqual(
      expect.objectContaining({ type: "Ready", status: "Unknown", reason: "Forbidden" }),
    );
    const ready = { ...patchOf(written(), { claims: refused }) };
    expect(ready["conditions"]).toContainEqual(
      expect.objectContaining({ type: "Ready", status: "True" }),
    );
  });

  it("keeps what is mirrored while nothing was seen", () => {
    expect(patchOf(written(), { thing: undefined })).toBeUndefined();
  });

  it("forgets what was mirrored once the thing is proven gone, but not its own fields", () => {
    const before = { ...written(), lastHandledReconcileAt: "then" };
    expect(patchOf(before, { thing: undefined, forgets: true })).toEqual({
      id: null,
      state: null,
      host: null,
      ports: null,
    });
  });

  it("changes lastTransitionTime with the status only", () => {
    const reworded = inSync(["Available", "still running"]);
    expect(patchOf(written(), { claims: reworded })?.["conditions"]).toMatchObject([
      { type: "Ready", message: "still running", lastTransitionTime: EARLIER },
      { type: "Synced", lastTransitionTime: EARLIER },
    ]);
    const turned = onTheWay(["Updating", "changing"]);
    expect(patchOf(written(), { claims: turned })?.["conditions"]).toMatchObject([
      { type: "Ready", status: "False", lastTransitionTime: NOW },
      { type: "Synced", status: "True", lastTransitionTime: EARLIER },
      { type: "Reconciling", lastTransitionTime: NOW },
    ]);
  });

  it("says which generation it speaks of", () => {
    const object = objectOf("train", { metadata: { generation: 5 }, status: written() });
    expect(patchOf(undefined, { object })).toMatchObject({
      observedGeneration: 5,
      conditions: [{ observedGeneration: 5 }, { observedGeneration: 5 }],
    });
  });

  it("answers a request for a look, and keeps the answer", () => {
    expect(patchOf(written(), { handledReconcileAt: "asked" })).toEqual({
      lastHandledReconcileAt: "asked",
    });
    expect(patchOf({ ...written(), lastHandledReconcileAt: "asked" })).toBeUndefined();
  });

  it("leaves its input alone", () => {
    const before = Object.freeze(written());
    expect(() => patchOf(before, { thing: undefined, forgets: true })).not.toThrow();
  });
});
