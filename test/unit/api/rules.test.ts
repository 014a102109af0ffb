import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { evaluateCel } from "../../cel.ts";
import { KINDS, PROJECT, generatedSchemas, rulesOf, type ValidationRule } from "./generated-crd.ts";
import { elementCases } from "./element-rule-cases.ts";
import { hpcParkCases } from "./hpc-park-rule-cases.ts";
import type { Case, Spec } from "./rule-case.ts";

const cases: readonly Case[] = [...hpcParkCases, ...elementCases];

describe("the CEL rules in crds/", () => {
  it.each(cases)("$kind: $reason", ({ kind, spec, old, refused }) => {
    const broken = rulesOf(kind).filter((rule) => !isFulfilled(rule, spec, old));
    expect(broken.map(({ fieldPath }) => fieldPath).toSorted()).toEqual(refused);
  });

  it.each(KINDS)("of %s are each broken by a case of this table", (kind) => {
    const untested = rulesOf(kind).filter((rule) =>
      cases.every((row) => row.kind !== kind || isFulfilled(rule, row.spec, row.old)),
    );
    expect(untested.map(({ rule }) => rule)).toEqual([]);
  });

  it.each(KINDS)("of %s name only fields that the schema has", (kind) => {
    const { properties } = generatedSchemas(kind).spec;
    for (const { rule } of rulesOf(kind)) {
      for (const [, field] of rule.matchAll(/\b(?:self|oldSelf)\.(\w+)/g)) {
        expect(properties).toHaveProperty(field ?? "");
      }
    }
  });

  it.each([
    "storage.yaml",
    "instance.yaml",
    "inference.yaml",
    "network.yaml",
    "token.yaml",
    "element/console.yaml",
    "element/application.yaml",
  ])("let the sample %s pass", (file) => {
    const text = readFileSync(join(PROJECT, "deploy/samples", file), "utf8");
    for (const document of parseAllDocuments(text, { version: "1.1" })) {
      const { kind, spec } = document.toJS();
      expect(rulesOf(kind).filter((rule) => !isFulfilled(rule, spec))).toEqual([]);
    }
  });
});

/** As the API server does it: a rule that names oldSelf is asked on updates only. */
function isFulfilled({ rule }: ValidationRule, spec: Spec, old?: Spec): boolean {
  if (old === undefined && rule.includes("oldSelf")) return true;
  const answer = evaluateCel(rule, { self: spec, oldSelf: old ?? {} });
  if (typeof answer !== "boolean") throw new Error(`${rule} is neither true nor false`);
  return answer;
}
