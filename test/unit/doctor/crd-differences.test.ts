import { describe, expect, it } from "vitest";
import { customResourceDefinition } from "../../../src/api/crd.ts";
import { hpcStorageKind } from "../../../src/api/hpc-storage.ts";
import { compareCrds } from "../../../src/doctor/crd-differences.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- a test edits any place of the document
type Spec = any;

const { spec: WANTED } = customResourceDefinition(hpcStorageKind);

function edited(edit: (spec: Spec) => void, hasRules = true) {
  const found: Spec = structuredClone(WANTED);
  edit(found);
  return compareCrds(WANTED, found, { hasRules });
}

const schemaOf = (spec: Spec): Spec => spec.versions[0].schema.openAPIV3Schema.properties;

describe("compareCrds", () => {
  it("finds nothing where the API server only filled in defaults", () => {
    const same = edited((spec) => {
      spec.conversion = { strategy: "None" };
      spec.versions[0].deprecated = false;
      spec.names.shortNames.reverse();
      schemaOf(spec).spec.required.reverse();
    });
    expect(same).toEqual({ lacks: [], adds: [] });
  });

  it.each<[string, (spec: Spec) => void, string]>([
    [
      "a field",
      (spec) => delete schemaOf(spec).spec.properties.recreatePolicy,
      "versions[v1alpha1].spec.recreatePolicy",
    ],
    [
      "a value of an enumeration",
      (spec) => schemaOf(spec).spec.properties.deletionPolicy.enum.pop(),
      "versions[v1alpha1].spec.deletionPolicy.enum",
    ],
    [
      "the status subresource",
      (spec) => delete spec.versions[0].subresources,
      "versions[v1alpha1].subresources",
    ],
    ["a version", (spec) => (spec.versions[0].name = "v1alpha0"), "versions[v1alpha1].name"],
    [
      "a column",
      (spec) => spec.versions[0].additionalPrinterColumns.pop(),
      "versions[v1alpha1].additionalPrinterColumns",
    ],
    [
      "a rule",
      (spec) => schemaOf(spec).spec["x-kubernetes-validations"].pop(),
      "versions[v1alpha1].spec.x-kubernetes-validations",
    ],
  ])("says what is missing: %s", (_, edit, path) => {
    expect(edited(edit)).toEqual({ lacks: [path], adds: [] });
  });

  it("does not miss rules where the API server keeps none", () => {
    const found = edited((spec) => delete schemaOf(spec).spec["x-kubernetes-validations"], false);
    expect(found).toEqual({ lacks: [], adds: [] });
  });

  it("says what a newer one has as well", () => {
    const found = edited((spec) => (schemaOf(spec).status.properties.colour = { type: "string" }));
    expect(found).toEqual({ lacks: [], adds: ["versions[v1alpha1].status.colour"] });
  });

  it.each([[undefined], [null], [[]], ["text"]])("is at a loss with %j", (found) => {
    expect(compareCrds(WANTED, found, { hasRules: true }).lacks).toHaveLength(1);
  });
});
