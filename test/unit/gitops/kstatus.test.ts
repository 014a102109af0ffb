import { describe, expect, it } from "vitest";
import { generatedSchemas, KINDS } from "../api/generated-crd.ts";
import { kstatusOf } from "./kstatus.ts";
import { ALL_RULES } from "./states-by-rule.ts";
import { ROWS, STATES } from "./states.ts";

describe("a resource by the rules of kstatus", () => {
  it.each(STATES)("is $kstatus: $what", ({ object, kstatus }) => {
    expect(kstatusOf(object)).toBe(kstatus);
  });

  it("is looked at after every rule there is", () => {
    const looked = new Set(ROWS.map(({ rule }) => rule.split(":")[0] ?? ""));
    looked.delete("observe");
    expect([...looked].toSorted()).toEqual([...new Set(ALL_RULES)].toSorted());
  });

  it("is done where it says nothing, which is why no kind of ours says nothing", () => {
    expect(kstatusOf({ metadata: { generation: 1 } })).toBe("Current");
    for (const kind of KINDS) {
      const { status } = generatedSchemas(kind);
      expect(status["default"]).toEqual({ observedGeneration: -1 });
    }
  });

  it.each([
    [{ metadata: { generation: 2 }, status: { observedGeneration: 1 } }, "InProgress"],
    [{ metadata: { generation: 2, deletionTimestamp: "" }, status: {} }, "Current"],
    [{ metadata: {}, status: { observedGeneration: 4 } }, "Current"],
    [{ metadata: {}, status: { conditions: [{ type: "Ready", status: "odd" }] } }, "Current"],
    [
      {
        metadata: {},
        status: {
          conditions: [
            { type: "Stalled", status: "True" },
            { type: "Reconciling", status: "True" },
          ],
        },
      },
      "Failed",
    ],
  ])("is read as kstatus reads %j", (resource, expected) => {
    expect(kstatusOf(resource)).toBe(expected);
  });
});
