import { describe, expect, it } from "vitest";
import { Type } from "typebox";
import { customResourceDefinition } from "../../../src/api/crd.ts";
import type { KindDefinition } from "../../../src/api/kind.ts";
import { kinds } from "../../../src/api/kinds.ts";
import { KINDS as HPC_PARK_KINDS } from "../../../src/hpc-park-system.ts";
import { applicationKind } from "../../../src/provider/element/application.ts";
import type { KindPort, ManagedSpec } from "../../../src/provider/port.ts";
import { KINDS, generatedSchemas, rulesOf, walk } from "./generated-crd.ts";

describe.each(KINDS)("the CRD of %s", (kind) => {
  const { spec, status } = generatedSchemas(kind);
  const all = [...walk(spec, "spec"), ...walk(status, "status")];

  it("describes every field", () => {
    const silent = all.filter(([path, { description }]) => !path.endsWith("[]") && !description);
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it("bounds every text, list and map, for a rule over an unbounded one is refused as too costly", () => {
    const bound: Record<string, string> = { string: "maxLength", array: "maxItems" };
    const unbounded = all.filter(([, schema]) => {
      const keyword = schema.additionalProperties ? "maxProperties" : bound[schema.type];
      return keyword !== undefined && !(keyword in schema) && !("enum" in schema);
    });
    expect(unbounded.map(([path]) => path)).toEqual([]);
  });

  it("keeps patterns to what Go and JavaScript both read", () => {
    for (const [, { pattern }] of all) {
      if (typeof pattern === "string") expect(() => new RegExp(pattern)).not.toThrow();
    }
  });

  it("has rules that name an existing field and tell what to do in one line", () => {
    const fields = new Set(walk(spec, "").map(([path]) => path));
    for (const { fieldPath, message } of rulesOf(kind)) {
      expect(fields).toContain(fieldPath);
      expect(message).toMatch(/^[^\n]{20,2048}\.$/);
    }
  });

  it("lets the status hold whatever the provider says", () => {
    const closed = walk(status, "status").filter(
      ([path, schema]) =>
        !path.includes(".conditions") && ("pattern" in schema || "minLength" in schema),
    );
    expect(closed).toEqual([]);
    expect(status["required"]).toBeUndefined();
  });
});

describe("protection from deletion", () => {
  const ports: readonly KindPort<ManagedSpec>[] = [...HPC_PARK_KINDS, applicationKind];
  const protectable = kinds.filter(({ spec }) => fieldOf(spec, "deletionProtection") !== undefined);

  it("can be asked for of every kind whose things the operator deletes, and of no other", () => {
    expect(protectable.map(({ kind }) => kind).toSorted()).toEqual(
      ports.map(({ kind }) => kind).toSorted(),
    );
  });

  it.each(protectable)("of $kind is off by default", ({ spec }) => {
    expect(fieldOf(spec, "deletionProtection")).toMatchObject({ type: "boolean", default: false });
  });

  it.each(ports)("of $kind points to Retain only where there is that policy", ({ kind, rules }) => {
    const definition = kinds.find((one) => one.kind === kind);
    const hasPolicy = fieldOf(definition?.spec, "deletionPolicy") !== undefined;
    expect(rules.isNeverRetained === true).toBe(!hasPolicy);
  });
});

function fieldOf(schema: unknown, name: string): unknown {
  return Object(Object(schema).properties)[name];
}

describe("customResourceDefinition", () => {
  const kind: KindDefinition = {
    group: "example.org",
    version: "v1alpha1",
    kind: "Thing",
    plural: "things",
    singular: "thing",
    shortNames: ["th"],
    categories: ["all-things"],
    description: "A thing.",
    spec: Type.Object({ size: Type.Integer() }),
    status: Type.Object({}),
    rules: [],
    printerColumns: [
      { name: "Size", type: "integer", jsonPath: ".spec.size", description: "Size.", isWide: true },
    ],
  };
  const { metadata, spec } = customResourceDefinition(kind);

  it("is named after plural and group", () => {
    expect(metadata.name).toBe("things.example.org");
  });

  it("serves one namespaced version with a status subresource", () => {
    expect(spec).toMatchObject({
      group: "example.org",
      scope: "Namespaced",
      names: {
        kind: "Thing",
        listKind: "ThingList",
        shortNames: ["th"],
        categories: ["all-things"],
      },
      versions: [{ name: "v1alpha1", served: true, storage: true, subresources: { status: {} } }],
    });
  });

  it("shows wide columns with -o wide only", () => {
    const column = {
      name: "Size",
      type: "integer",
      jsonPath: ".spec.size",
      description: "Size.",
      priority: 1,
    };
    expect(spec).toMatchObject({ versions: [{ additionalPrinterColumns: [column] }] });
  });

  it("leaves the rules out where there are none, for an empty list is refused", () => {
    expect(JSON.stringify(spec)).not.toContain("x-kubernetes-validations");
  });
});
