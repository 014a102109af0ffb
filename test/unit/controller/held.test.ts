import { describe, expect, it } from "vitest";
import { type Held, HeldError, requireItsTime } from "../../../src/controller/held.ts";
import { ResourceMemory } from "../../../src/controller/memory.ts";
import type { ActContext } from "../../../src/controller/act-context.ts";
import { type Action, type Decision, effortOf } from "../../../src/core/decision.ts";
import { KEYS, kindsOf, objectOf, type Parts } from "./objects.ts";

const CHANGE: Action = { do: "change", id: "a", operation: "update", differences: [] };
const OTHER: Action = { ...CHANGE, operation: "stop" };
const REMOVE: Action = { do: "remove", ids: ["a"] };
const HELD: Held = { what: effortOf(CHANGE), untilMs: 1_000, claims: [] };

const asked = (answered?: string): Parts => ({
  metadata: { annotations: { [KEYS.reconcileRequestedAt]: "now" } },
  status: answered === undefined ? {} : { lastHandledReconcileAt: answered },
});

function isHeld(action: Action, nowMs: number, parts: Parts = {}): boolean {
  const memory = new ResourceMemory("uid");
  memory.held = HELD;
  const { instances: runtime } = kindsOf();
  const decision: Decision = { action, claims: [] };
  const scene = { memory, runtime, now: () => nowMs, object: objectOf("one", parts) };
  try {
    // Only these are asked for.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    requireItsTime(decision, scene as ActContext);
    return false;
  } catch (error) {
    if (!(error instanceof HeldError)) throw error;
    expect(error.held).toBe(HELD);
    return true;
  }
}

describe("what was refused", () => {
  it.each<[reason: string, action: Action, nowMs: number, parts: Parts, held: boolean]>([
    ["waits for its time", CHANGE, 999, {}, true],
    ["is asked for again when that has come", CHANGE, 1_000, {}, false],
    ["holds up nothing else", OTHER, 0, {}, false],
    ["holds up no deletion", REMOVE, 0, {}, false],
    ["is no reason to create later", { do: "create" }, 0, {}, false],
    ["is tried at once where a fresh look is asked for", CHANGE, 0, asked(), false],
    ["waits on once that is answered", CHANGE, 0, asked("now"), true],
  ])("%s", (_, action, nowMs, parts, held) => {
    expect(isHeld(action, nowMs, parts)).toBe(held);
  });

  it("is forgotten once something else came of the resource", () => {
    const memory = new ResourceMemory("uid");
    memory.held = HELD;
    memory.succeeded({ action: { do: "nothing" }, claims: [] }, 0);
    expect(memory.held).toBeUndefined();
  });
});
