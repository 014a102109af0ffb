import { NOBODY, objectOf } from "./objects.ts";
import { KubeError } from "../../../src/kube/errors.ts";
import { describe, expect, it } from "vitest";
import { ResourceMemory } from "../../../src/controller/memory.ts";
import { isQuiet } from "../../../src/core/journal.ts";
import type { Resource } from "../../../src/core/resource.ts";
import { NOW_MS, resource, sees, SEES_NOTHING, thing } from "../core/situations.ts";

const intent = { time: "2026-01-01T00:00:00Z", attempt: 3 };
const QUIET_MS = 45_000;

function remembering(): ResourceMemory {
  return new ResourceMemory("uid-1");
}

describe("ResourceMemory and the journal", () => {
  it("counts an intent that it did not write from when it first saw it", () => {
    const memory = remembering();
    memory.meet(resource({ intent }), 1_000);
    memory.meet(resource({ intent }), 9_000);
    expect(memory.intentSeenAtMs).toBe(1_000);
  });

  it("counts a new intent anew", () => {
    const memory = remembering();
    memory.meet(resource({ intent }), 1_000);
    memory.meet(resource({ intent: { ...intent, time: "later" } }), 9_000);
    expect(memory.intentSeenAtMs).toBe(9_000);
  });

  it("counts its own from when it wrote it, not from when it comes back", () => {
    const memory = remembering();
    memory.intends(intent, 1_000);
    memory.meet(resource({ intent }), 9_000);
    expect(memory.intentSeenAtMs).toBe(1_000);
  });

  it("does not forget an intent whose annotation somebody took off", () => {
    const memory = remembering();
    memory.meet(resource({ intent }), 1_000);
    memory.meet(resource(), 9_000);
    expect(memory.intentSeenAtMs).toBe(1_000);
  });
});

describe("ResourceMemory.journals", () => {
  const alike = resource({ intent });
  const NOW = (): number => 1_000;

  it("waits for an intent that is not its own, however alike: its own was never written", async () => {
    const memory = remembering();
    const write = Promise.reject(new KubeError("conflict", "somebody was faster"));
    await expect(memory.journals(intent, () => write, NOW)).rejects.toThrow("faster");
    memory.meet(alike, 1_000);
    expect(isQuiet(alike.intent, memory, 2_000, QUIET_MS)).toBe(false);
  });

  it("waits for nothing where none was written before either", async () => {
    const memory = remembering();
    const write = Promise.reject(new KubeError("conflict", "somebody labelled it"));
    await expect(memory.journals(intent, () => write, NOW)).rejects.toThrow("labelled");
    memory.meet(resource(), 1_000);
    expect(isQuiet(undefined, memory, 2_000, QUIET_MS)).toBe(true);
  });

  it("waits on for one of before", async () => {
    const memory = remembering();
    memory.meet(alike, 500);
    const write = Promise.reject(new KubeError("conflict", "somebody labelled it"));
    await expect(memory.journals({ ...intent, attempt: 4 }, () => write, NOW)).rejects.toThrow();
    memory.meet(alike, 60_000);
    expect(memory.intentSeenAtMs).toBe(500);
  });

  it("knows that nothing comes of its own where the answer was lost and no request has left", async () => {
    const memory = remembering();
    const write = Promise.reject(new KubeError("unavailable", "nobody answered"));
    await expect(memory.journals(intent, () => write, NOW)).rejects.toThrow("nobody");
    memory.meet(alike, 1_000);
    expect(isQuiet(alike.intent, memory, 2_000, QUIET_MS)).toBe(true);
  });

  it("counts from when it was written: a request may have left since", async () => {
    const memory = remembering();
    await memory.journals(intent, async () => {}, NOW);
    memory.meet(alike, 9_000);
    expect(memory.intentSeenAtMs).toBe(1_000);
    expect(isQuiet(alike.intent, memory, 2_000, QUIET_MS)).toBe(false);
  });
});

describe("ResourceMemory of a new object under the same name", () => {
  const successor = resource({ uid: "uid-2" });

  it("starts anew, with a look of its own: the old one may lack what was let go of", () => {
    const memory = remembering();
    Object.assign(memory, { refusedAttempt: 1, settledAttempt: 1, deletedId: "7", failures: 3 });
    memory.lookAfter(5_000);
    memory.meet(successor, 9_000);
    expect(memory).toMatchObject({ uid: "uid-2", failures: 0, lookSinceMs: 9_000 });
    expect([memory.refusedAttempt, memory.settledAttempt, memory.deletedId]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("keeps in mind what a create request of the old one may still do", () => {
    const memory = remembering();
    memory.intends(intent, 1_000);
    memory.meet(successor, 2_000);
    expect(isQuiet(successor.intent, memory, 3_000, QUIET_MS)).toBe(false);
    expect(isQuiet(successor.intent, memory, 46_000, QUIET_MS)).toBe(true);
  });

  it("has nothing to wait for where the old one was let go of with proof", () => {
    const memory = remembering();
    memory.intends(intent, 1_000);
    memory.isReleased = true;
    memory.meet(successor, 2_000);
    expect(isQuiet(successor.intent, memory, 3_000, QUIET_MS)).toBe(true);
    expect(memory.isReleased).toBe(false);
  });

  it("still comes to rest where the new one brings the old one's journal with it", () => {
    const memory = remembering();
    memory.intends(intent, 1_000);
    memory.isReleased = true;
    const restored = resource({ uid: "uid-2", intent });
    memory.meet(restored, 2_000);
    expect(isQuiet(restored.intent, memory, 3_000, QUIET_MS)).toBe(false);
    expect(isQuiet(restored.intent, memory, 47_000, QUIET_MS)).toBe(true);
  });
});

describe("ResourceMemory.saw", () => {
  const withIntent = resource({ intent });

  it("takes a thing with the marker, seen after the intent, for what became of it", () => {
    const memory = remembering();
    memory.intends(intent, NOW_MS);
    memory.saw(sees(thing("7")), withIntent);
    expect(memory.settledAttempt).toBe(3);
  });

  it("takes nothing from a look begun before the intent: that thing is an older one", () => {
    const memory = remembering();
    memory.intends(intent, NOW_MS + 1);
    memory.saw(sees(thing("7")), withIntent);
    expect(memory.settledAttempt).toBeUndefined();
  });

  it("takes nothing from an empty look, nor where nothing was intended", () => {
    const memory = remembering();
    memory.intends(intent, 0);
    memory.saw(SEES_NOTHING, withIntent);
    memory.saw(sees(thing("7")), resource());
    expect(memory.settledAttempt).toBeUndefined();
  });
});

describe("ResourceMemory.idOf", () => {
  it("goes by what was made last until the status has something else than it had then", () => {
    const memory = remembering();
    expect(memory.idOf("7")).toBe("7");
    memory.brought("8", objectOf("a"), NOBODY);
    expect(memory.idOf("7")).toBe("8");
    expect(memory.idOf("9")).toBe("9");
    expect(memory.idOf("7")).toBe("7");
  });

  it("goes by the id of a status that somebody has emptied, once it was seen with the marker", () => {
    const memory = remembering();
    memory.idOf("7");
    memory.saw(sees(thing("7")), resource({ recordedId: "7" }));
    expect(memory.idOf(undefined)).toBe("7");
  });

  it("goes by what was seen with the marker while the status was empty", () => {
    const memory = remembering();
    memory.idOf(undefined);
    memory.saw({ ...SEES_NOTHING, marked: [thing("7")] }, resource());
    expect(memory.idOf(undefined)).toBe("7");
  });

  it("goes by no id that a status had and nothing with the marker has: somebody may have forged it", () => {
    const memory = remembering();
    memory.idOf("8");
    memory.saw({ ...SEES_NOTHING, named: thing("8") }, resource({ recordedId: "8" }));
    expect(memory.idOf(undefined)).toBeUndefined();
  });

  it("goes by its own again once a forged id is taken back", () => {
    const memory = remembering();
    memory.idOf("7");
    memory.saw(sees(thing("7")), resource({ recordedId: "7" }));
    expect(memory.idOf("8")).toBe("8");
    expect(memory.idOf(undefined)).toBe("7");
  });

  it("goes by what was made while the status was empty", () => {
    const memory = remembering();
    memory.idOf("7");
    memory.idOf(undefined);
    memory.brought("8", objectOf("a"), NOBODY);
    expect(memory.idOf(undefined)).toBe("8");
  });

  it("goes by what was made though the status was emptied before that was ever seen", () => {
    const memory = remembering();
    memory.idOf(undefined);
    memory.brought("8", objectOf("a"), NOBODY);
    memory.succeeded({ action: { do: "create" }, claims: [], forgets: true }, NOW_MS);
    expect(memory.idOf("8")).toBe("8");
    expect(memory.idOf(undefined)).toBe("8");
  });

  it("knows no id any more that was proven gone", () => {
    const memory = remembering();
    memory.idOf("7");
    memory.saw(sees(thing("7")), resource({ recordedId: "7" }));
    memory.succeeded({ action: { do: "nothing" }, claims: [], forgets: true }, NOW_MS);
    expect(memory.idOf(undefined)).toBeUndefined();
  });

  it("knows no id of a former object of that name", () => {
    const memory = remembering();
    memory.idOf("7");
    memory.saw(sees(thing("7")), resource({ recordedId: "7" }));
    memory.meet(resource({ uid: "uid-2" }), NOW_MS);
    expect(memory.idOf(undefined)).toBeUndefined();
  });
});

describe("ResourceMemory.lookAfter", () => {
  it("never goes back", () => {
    const memory = remembering();
    memory.lookAfter(5_000);
    memory.lookAfter(4_000);
    expect(memory.lookSinceMs).toBe(5_000);
  });

  it("wants a fresh look only where the decision comes back by itself", () => {
    const memory = remembering();
    memory.failures = 3;
    memory.succeeded({ action: { do: "nothing" }, claims: [] }, 5_000);
    expect(memory).toMatchObject({ failures: 0, lookSinceMs: -Infinity });
    memory.succeeded({ action: { do: "nothing" }, claims: [], requeueAfterMs: 1 }, 6_000);
    expect(memory.lookSinceMs).toBe(6_000);
  });
});

describe("ResourceMemory of another's intent", () => {
  it("does not inherit what is known of an own attempt with the same number", () => {
    const memory = remembering();
    memory.intends({ attempt: 1, time: "2026-01-01T00:00:00Z" }, 1_000);
    memory.refusedAttempt = 1;
    memory.meet(
      resource({ uid: "uid-1", intent: { attempt: 1, time: "2026-01-01T00:00:01Z" } }),
      2_000,
    );

    expect(memory.refusedAttempt).toBeUndefined();
    expect(memory.intentSeenAtMs).toBe(2_000);
  });
});

describe("ResourceMemory, when the user wants something else", () => {
  const wants = (changes: Partial<Resource>): Resource =>
    resource({ uid: "uid-1", recordedId: "17", ...changes });

  it.each([
    { reason: "a deletion must see the thing as it is now", changes: { isDeleting: true } },
    { reason: "a new generation may change the thing", changes: { generation: 2 } },
  ])("$reason", ({ changes }) => {
    const memory = new ResourceMemory("uid-1");
    memory.meet(wants({}), 1_000);
    memory.meet(wants(changes), 2_000);

    expect(memory.lookSinceMs).toBe(2_000);
  });

  it("a create touches nothing, and waits for no look", () => {
    const memory = new ResourceMemory("uid-1");
    memory.meet(resource({ uid: "uid-1" }), 1_000);
    memory.meet(resource({ uid: "uid-1", generation: 2 }), 2_000);

    expect(memory.lookSinceMs).toBe(-Infinity);
  });
});
