import { describe, expect, it } from "vitest";
import type { ActContext } from "../../../src/controller/act-context.ts";
import { requireSameMarker, requireStillWanted } from "../../../src/controller/preconditions.ts";
import type { Terms } from "../../../src/core/terms.ts";
import { KubeError } from "../../../src/kube/errors.ts";
import { kindsOf, objectOf } from "./objects.ts";

const BEFORE: Terms = { offers: new Map([["gpuType", ["A100"]]]) };
const AFTER: Terms = { offers: new Map([["gpuType", ["H100"]]]) };

/** A request that waits for its turn: it was decided upon with one description, and now there is another. */
function waiting(decidedWith: Terms | undefined, now: Terms | undefined): ActContext {
  const { instances } = kindsOf();
  const object = objectOf("train");
  instances.store.put(object);
  const account = instances.accounts.of(object);
  const { connection } = account;
  if (connection === undefined) throw new Error("there is one account");
  Object.defineProperty(connection, "remote", { value: { credential: "first", terms: now } });
  const context = {
    runtime: instances,
    object,
    account,
    resource: { kind: "HpcInstance", namespace: "default", name: "train" },
    observation: { credential: "first", marked: [] },
    suspicion: undefined,
    terms: decidedWith,
  };
  // What the preconditions ask is there; a request needs more.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return context as unknown as ActContext;
}

describe("a request whose turn has come", () => {
  it("leaves where the service says the same as when it was decided", async () => {
    await expect(requireStillWanted(waiting(BEFORE, BEFORE))).resolves.toBeUndefined();
    await expect(requireStillWanted(waiting(undefined, undefined))).resolves.toBeUndefined();
    expect(() => requireSameMarker("17", waiting(BEFORE, BEFORE))).not.toThrow();
  });

  it.each([
    ["describes itself otherwise", BEFORE, AFTER],
    ["describes itself for the first time", undefined, AFTER],
  ])("is decided anew where the service %s", async (_, before, after) => {
    await expect(requireStillWanted(waiting(before, after))).rejects.toBeInstanceOf(KubeError);
    expect(() => requireSameMarker("17", waiting(before, after))).toThrow(KubeError);
  });
});
