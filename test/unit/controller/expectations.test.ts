import { describe, expect, it } from "vitest";
import { expectedIds } from "../../../src/controller/expectations.ts";
import { KEYS, kindsOf, NOBODY, objectOf, type Parts, readyStatus } from "./objects.ts";

const LEAVING = { deletionTimestamp: "2026-01-01T00:00:00Z" };
const status = readyStatus(17);

describe("what an account is expected to show", () => {
  it.each<[string, Parts, boolean]>([
    ["what lives", { status }, true],
    ["not what is only observed", { status, spec: { managementPolicy: "ObserveOnly" } }, false],
    ["not what was never made", {}, false],
    ["not what is leaving", { status, metadata: LEAVING }, false],
    [
      "what is protected while it is being deleted",
      { status, metadata: LEAVING, spec: { deletionProtection: true } },
      true,
    ],
  ])("%s", (_, parts, isExpected) => {
    const { instances } = kindsOf();
    instances.store.put(objectOf("train", parts));

    expect([...expectedIds(instances, NOBODY, KEYS)]).toEqual(isExpected ? ["17"] : []);
  });
});
