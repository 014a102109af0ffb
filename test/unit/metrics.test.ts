import { describe, expect, it } from "vitest";
import { LABELS } from "../../src/metrics/labels.ts";
import { createMetrics } from "../../src/metrics.ts";

const { described } = createMetrics();

/** A label may name an account or a kind, never one resource. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  "namespace",
  "id",
  "uid",
  "marker",
  "message",
  "key",
  "url",
]);

describe("every metric of the operator", () => {
  it("has a name of its own", () => {
    const names = described.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(described)("$name says in a sentence what it shows", ({ help }) => {
    expect(help).toMatch(/^[A-Z0-9][^\n]{15,}\.?$/);
  });

  it.each(described)("$name is named as Prometheus has it", ({ name, type, help }) => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*[a-z0-9]$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    if (type === "histogram") expect(name).toMatch(/_seconds$/);
    if (/^(How long|Seconds)|seconds since/.test(help)) expect(name).toMatch(/_seconds(_total)?$/);
    expect(name).not.toMatch(/_(ms|millis|milliseconds|minutes|count|sum|bucket)$/);
  });

  it.each(described)("$name has few labels, each of few values", ({ labels }) => {
    expect(Object.keys(LABELS)).toEqual(expect.arrayContaining([...labels]));
    expect(labels.filter((label) => FORBIDDEN.has(label))).toEqual([]);
    expect(labels.length).toBeLessThanOrEqual(4);
  });

  it("and every label that is described is used", () => {
    const used = new Set(described.flatMap(({ labels }) => labels));
    expect([...used].toSorted()).toEqual(Object.keys(LABELS).toSorted());
  });
});
