import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run as bufbuildRun, type CelInput } from "@bufbuild/cel";
import { evaluate as marcbachmannEvaluate } from "@marcbachmann/cel-js";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { KINDS, PROJECT, generatedSchemas, rulesOf, type ValidationRule } from "./generated-crd.ts";
import { elementCases } from "./element-rule-cases.ts";
import { hpcParkCases } from "./hpc-park-rule-cases.ts";
import type { Case, Spec } from "./rule-case.ts";

/** The API server has its own evaluator; two others that agree keep the rules in what all of them know. */
const evaluators: readonly ((rule: string, variables: Record<string, CelInput>) => unknown)[] = [
  (rule, variables) => bufbuildRun(rule, variables),
  (rule, variables) => marcbachmannEvaluate(rule, variables),
];

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
  const variables = { self: toCel(spec), oldSelf: toCel(old ?? {}) };
  const answers = evaluators.map((evaluate) => evaluate(rule, variables));
  const [answer] = answers;
  if (typeof answer !== "boolean" || answers.some((other) => other !== answer)) {
    throw new Error(`the evaluators do not agree on ${rule}: ${answers.map(String).join(", ")}`);
  }
  return answer;
}

/** Whole numbers are CEL's int, which is a bigint in JavaScript. */
function toCel(value: unknown): CelInput {
  if (typeof value === "number") return BigInt(value);
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(toCel);
  return Object.fromEntries(
    Object.entries(Object(value)).map(([name, inner]) => [name, toCel(inner)]),
  );
}
