import { describe, expect, it } from "vitest";
import { urgencyIn } from "../../../src/controller/kind-runtime.ts";
import { kindsOf, objectOf, type Parts, readyStatus } from "./objects.ts";

const SEEN = { ...readyStatus(7), observedGeneration: 1 };
const EDITED = { generation: 2 };

describe("the urgency of a key", () => {
  it.each<[string, Parts, string]>([
    ["what is being deleted", { metadata: { deletionTimestamp: "now" } }, "saves money"],
    [
      "what is protected while it is being deleted: it stays",
      { metadata: { deletionTimestamp: "now" }, spec: { deletionProtection: true }, status: SEEN },
      "at leisure",
    ],
    [
      "what is to be switched off",
      { metadata: EDITED, spec: { power: "Off" }, status: SEEN },
      "saves money",
    ],
    ["what is new", {}, "is awaited"],
    [
      "what is new and off: there is nothing to switch off",
      { spec: { power: "Off" } },
      "is awaited",
    ],
    ["what was edited", { metadata: EDITED, spec: { power: "On" }, status: SEEN }, "is awaited"],
    ["what is as it was", { status: SEEN }, "at leisure"],
    ["what is off already", { spec: { power: "Off" }, status: SEEN }, "at leisure"],
  ])("%s", (_, parts, urgency) => {
    const { instances } = kindsOf();
    instances.store.put(objectOf("train", parts));

    expect(urgencyIn(instances.store, instances.port)("default/train")).toBe(urgency);
  });

  it("of an object that is gone: somebody may wait for its name", () => {
    const { instances } = kindsOf();
    expect(urgencyIn(instances.store, instances.port)("default/none")).toBe("is awaited");
  });
});
