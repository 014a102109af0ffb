import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { chartOptions, NOT_FOR_VALUES } from "../../../scripts/generate/chart/chart-options.ts";
import { CHART_VALUES } from "../../../scripts/generate/chart/chart-values.ts";
import { valueRows } from "../../../scripts/generate/chart/value-rows.ts";
import { OPTIONS } from "../../../src/config-options.ts";
import { CHART } from "../../deploy/chart.ts";
import { VALUE_CASES } from "../../deploy/chart-value-cases.ts";
import { PROJECT } from "../../project.ts";

function read(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

const variables = Object.values(OPTIONS).map(({ variable }) => variable);
const paths = valueRows(CHART_VALUES).map(({ path }) => path.join("."));
const readme = read(CHART, "README.md");

describe("the chart", () => {
  it("is of the version of this checkout, and installs that", () => {
    const { version }: { version: string } = JSON.parse(read(PROJECT, "package.json"));

    expect(parse(read(CHART, "Chart.yaml"))).toMatchObject({
      apiVersion: "v2",
      version,
      appVersion: version,
      kubeVersion: ">=1.28.0-0",
    });
  });

  it("has a README whose table is values.yaml", () => {
    const rows = [...readme.matchAll(/^\| `([\w.]+)` +\| [a-zA-Z, ]+ \| `(.*?)` +\| \S/gm)];
    const told = rows.map(([, path = "", standard = ""]) => [path, JSON.parse(standard)]);

    expect(told).toEqual(paths.map((path) => [path, valueAt(path)]));
  });

  it("says above each value in values.yaml what it is", () => {
    const lines = read(CHART, "values.yaml").split("\n");
    const explained = lines.filter((line, index) => {
      return /^ *[\w-]+:/.test(line) && /^ *# \S/.test(lines[index - 1] ?? "");
    });

    expect(explained).toHaveLength(paths.length);
  });

  it("has a test for each of its values", () => {
    expect(Object.keys(VALUE_CASES).toSorted()).toEqual(paths.toSorted());
  });

  it("takes every option of the operator but those that other values set", () => {
    const taken = chartOptions().map(({ variable }) => variable);

    expect([...taken, ...NOT_FOR_VALUES.keys()].toSorted()).toEqual(variables.toSorted());
    const { properties } = JSON.parse(read(CHART, "values.schema.json"));
    expect(Object.keys(properties.options.properties)).toEqual(taken);
    for (const variable of taken) expect(readme).toContain(`| \`${variable}\``);
  });
});

function valueAt(path: string): unknown {
  const values: unknown = parse(read(CHART, "values.yaml"), { version: "1.1" });
  return path.split(".").reduce((inside, key) => Object(inside)[key], values);
}
