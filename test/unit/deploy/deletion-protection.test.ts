import { describe, expect, it } from "vitest";
import { kinds } from "../../../src/api/kinds.ts";
import { policySpecIn, refusals } from "../../deploy/protection-policy.ts";
import { rendered } from "../../deploy/rendered.ts";

const spec = policySpecIn(await rendered("components/deletion-protection"));

/** As the API server holds it: an object of any of the kinds. */
function trainer(rest: object): object {
  return { apiVersion: "hpc-park.ru/v1alpha1", kind: "HpcInstance", ...rest };
}

const metadata = { name: "trainer", namespace: "ml" };
const leaving = { ...metadata, deletionTimestamp: "2026-11-28T10:00:00Z" };

describe("the policy of deletion protection", () => {
  it.each<[reason: string, oldObject: object, isAllowed: boolean]>([
    [
      "what is protected stays",
      { metadata, spec: { gpuCount: 4, deletionProtection: true } },
      false,
    ],
    [
      "what is protected no more goes",
      { metadata, spec: { gpuCount: 4, deletionProtection: false } },
      true,
    ],
    ["what never was protected goes", { metadata, spec: { gpuCount: 4 } }, true],
    ["what asks for nothing goes", { metadata, spec: {} }, true],
    ["what an older version has stored without a spec can be removed", { metadata }, true],
    [
      "what is only called so is not protected",
      { metadata, status: { deletionProtection: true } },
      true,
    ],
    [
      "what is on its way out is not asked for again while it is protected",
      { metadata: leaving, spec: { deletionProtection: true } },
      false,
    ],
  ])("says: %s", (_, oldObject, isAllowed) => {
    expect(refusals(spec, trainer(oldObject))).toHaveLength(isAllowed ? 0 : 1);
  });

  it("names what is protected, for a deletecollection names nothing, and says what to do", () => {
    const protectedOne = trainer({ metadata, spec: { deletionProtection: true } });

    expect(refusals(spec, protectedOne)).toEqual([
      "HpcInstance trainer is protected: set its spec.deletionProtection to false first, then delete it",
    ]);
  });

  it("is asked about deletions of every kind that stands for a remote thing, and nothing else", () => {
    const { resourceRules } = spec.matchConstraints;
    const matched = resourceRules.flatMap(({ apiGroups, resources }) =>
      apiGroups.flatMap((group) => resources.map((resource) => `${resource}.${group}`)),
    );
    const managed = kinds.filter(({ isAccount }) => isAccount !== true);

    expect(matched).toEqual(managed.map(({ plural, group }) => `${plural}.${group}`));
    expect(resourceRules.flatMap(({ operations }) => operations)).toEqual(["DELETE", "DELETE"]);
  });

  it("refuses where it cannot be asked", () => {
    expect(spec.failurePolicy).toBe("Fail");
  });
});
