import { describe, expect, it } from "vitest";
import { Type } from "typebox";
import { toStructural } from "../../../src/api/structural.ts";

describe("toStructural translates", () => {
  const cases = [
    {
      reason: "a union of constants is an enum",
      schema: Type.Union([Type.Literal("On"), Type.Literal("Off")], { default: "On" }),
      structural: { type: "string", enum: ["On", "Off"], default: "On" },
    },
    {
      reason: "TypeBox's own enum carries no type, Kubernetes wants one",
      schema: Type.Enum(["Delete", "Retain"]),
      structural: { type: "string", enum: ["Delete", "Retain"] },
    },
    {
      reason: "a lone constant is an enum of one",
      schema: Type.Literal(7),
      structural: { type: "integer", enum: [7] },
    },
    {
      reason: "something or null is nullable",
      schema: Type.Union([Type.String({ maxLength: 3 }), Type.Null()]),
      structural: { type: "string", maxLength: 3, nullable: true },
    },
    {
      reason: "constants or null are a nullable enum",
      schema: Type.Union([Type.Literal("a"), Type.Literal("b"), Type.Null()]),
      structural: { type: "string", enum: ["a", "b"], nullable: true },
    },
    {
      reason: "a record is a map of values",
      schema: Type.Record(Type.String(), Type.Integer(), { maxProperties: 2 }),
      structural: { type: "object", additionalProperties: { type: "integer" }, maxProperties: 2 },
    },
    {
      reason: "an exclusive bound is a bound and a flag in OpenAPI 3.0",
      schema: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
      structural: {
        type: "number",
        minimum: 0,
        exclusiveMinimum: true,
        maximum: 1,
        exclusiveMaximum: true,
      },
    },
    {
      reason: "a field with a default need not be written",
      schema: Type.Object({ power: Type.String({ default: "On" }), name: Type.String() }),
      structural: {
        type: "object",
        required: ["name"],
        properties: { power: { type: "string", default: "On" }, name: { type: "string" } },
      },
    },
    {
      reason: "a closed object is closed by pruning",
      schema: Type.Object(
        {},
        { additionalProperties: false, title: "x", $id: "y", examples: [{}] },
      ),
      structural: { type: "object", properties: {} },
    },
    {
      reason: "Kubernetes' own keywords pass",
      schema: Type.Array(Type.Integer(), { "x-kubernetes-list-type": "set" }),
      structural: { type: "array", items: { type: "integer" }, "x-kubernetes-list-type": "set" },
    },
  ];

  it.each(cases)("$reason", ({ schema, structural }) => {
    expect(toStructural(schema)).toEqual(structural);
  });
});

describe("toStructural refuses what a CRD cannot say", () => {
  const cases = [
    {
      reason: "a union of shapes",
      schema: Type.Object({ a: Type.Union([Type.String(), Type.Integer()]) }),
      message: "spec.a: Kubernetes takes a union only",
    },
    { reason: "null alone", schema: Type.Null(), message: "spec: needs a single type" },
    { reason: "anything", schema: Type.Unknown(), message: "spec: needs a single type" },
    {
      reason: "an intersection",
      schema: Type.Intersect([Type.Object({}), Type.Object({})]),
      message: 'no "allOf"',
    },
    {
      reason: "a tuple",
      schema: Type.Object({ a: Type.Tuple([Type.String()]) }),
      message: "spec.a",
    },
    {
      reason: "unique items, which the API server forbids in favour of list types",
      schema: Type.Object({ a: Type.Array(Type.String(), { uniqueItems: true }) }),
      message: 'spec.a: Kubernetes has no "uniqueItems"',
    },
    {
      reason: "keys of a certain form",
      schema: Type.Record(Type.String({ pattern: "^a$" }), Type.String()),
      message: "a map only with any key",
    },
    {
      reason: "an enum of several types",
      schema: Type.Union([Type.Literal("a"), Type.Literal(1)]),
      message: "values of one type",
    },
    {
      reason: "lookahead, which Go's RE2 does not have",
      schema: Type.Object({ a: Type.Array(Type.String({ pattern: "^(?!a)" })) }),
      message: "spec.a[]: Go cannot match",
    },
    {
      reason: "an open object, whose unknown fields the API server would prune",
      schema: Type.Object({}, { additionalProperties: true }),
      message: "open objects",
    },
  ];

  it.each(cases)("$reason", ({ schema, message }) => {
    expect(() => toStructural(schema, "spec")).toThrow(message);
  });
});
