import { describe, expect, it } from "vitest";
import { kinds } from "../../src/api/kinds.ts";
import { MARKER_SUFFIX_LENGTH } from "../../src/core/marker.ts";
import { bodyOf, openBench, RESOLVED } from "./provider-under-test.ts";
import { PROVIDERS } from "./providers.ts";

describe.each(PROVIDERS)("the kind of $what", (provider) => {
  const { port, specOf, changed, absentId } = provider;
  const { rules } = port;

  it("is one that a CRD is generated for", () => {
    const crd = kinds.find(({ kind }) => kind === port.kind);
    expect(crd).toMatchObject({ group: port.group, version: port.version, plural: port.plural });
  });

  it("leaves room for a marker and a name in the label", () => {
    expect(port.maxLabelLength).toBeGreaterThan(2 * MARKER_SUFFIX_LENGTH);
  });

  it("writes an id into the status from which the same id is read", () => {
    expect(String(port.statusId(absentId))).toBe(absentId);
  });

  it("keeps no state: the same spec means the same twice", () => {
    const body = JSON.stringify(bodyOf(provider, specOf(1)));
    const fields = JSON.stringify(port.fields(specOf(1), RESOLVED));
    port.fields(changed ?? specOf(2), RESOLVED);
    expect(JSON.stringify(bodyOf(provider, specOf(1)))).toBe(body);
    expect(JSON.stringify(port.fields(specOf(1), RESOLVED))).toBe(fields);
  });

  it("puts the label into the request, and asks for no reference or Secret that the spec lacks", () => {
    expect(JSON.stringify(bodyOf(provider, specOf(1), "somebody's label"))).toContain(
      "somebody's label",
    );
    expect([port.references(specOf(1)), port.secrets(specOf(1))]).toEqual([[], []]);
  });

  it("has an order for every operation that saves, mends or is judged", () => {
    const { operations, savingOperations, mendingOperations = [], judgedOperations = [] } = rules;
    expect(new Set(operations).size).toBe(operations.length);
    for (const operation of [...savingOperations, ...mendingOperations, ...judgedOperations])
      expect(operations).toContain(operation);
  });

  it("brings every field about by an operation that it has, unless it is fixed", () => {
    const values = ["On", "Off", "Running", "Stopped", "Frozen", true, false, 1, "a", [1]] as const;
    for (const { change, operationFor } of rules.fields.filter((rule) => rule.change !== "fixed"))
      for (const desired of values)
        for (const observed of values) {
          expect(change).toMatch(/^(grow|free)$/);
          expect(rules.operations).toContain(operationFor(desired, observed));
        }
  });

  it("names every field as it stands in the spec", () => {
    for (const { path } of rules.fields) expect(path).toMatch(/^spec(\.[a-z][A-Za-z]*)+$/);
    expect(new Set(rules.fields.map(({ field }) => field)).size).toBe(rules.fields.length);
  });

  it("says from when on a failure counts, where an operation is judged by what failed since", async () => {
    await using bench = await openBench(provider);
    const isJudged = (rules.judgedOperations ?? []).length > 0;
    expect(bench.remote.timeMark !== undefined).toBe(isJudged);
    expect(bench.remote.elaborate !== undefined).toBe(isJudged);
  });
});
