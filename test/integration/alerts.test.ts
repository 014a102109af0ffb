import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { LIMITS } from "../../scripts/monitoring/alert.ts";
import { alertGroups } from "../../scripts/monitoring/rules.ts";
import { ALERT_CASES, type AlertCase, type Series } from "../prometheus/alert-cases.ts";
import { prometheusTools } from "../prometheus/tools.ts";
import { PROJECT } from "../project.ts";

const RULES = join(PROJECT, "deploy/monitoring/alerts.yaml");
const ALERTS = Object.values(alertGroups(LIMITS)).flat();
const tools = await prometheusTools();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alerts-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function promtool(...args: string[]): Promise<string> {
  const run = promisify(execFile)(tools?.promtool ?? "promtool", args);
  const { stdout, stderr } = await run.catch((error: unknown) => {
    // What it has against the rules is on its standard output and error.
    const { stdout: said = "", stderr: complained = "" } = Object(error);
    throw new Error(`${said}${complained}`);
  });
  return stdout + stderr;
}

/** One of promtool's tests: these samples, and what the alert is expected to say of them. */
function testOf(name: string, at: string, series: Series, expected: readonly object[]): object {
  return {
    interval: "1m",
    input_series: Object.entries(series).map(([key, values]) => ({ series: key, values })),
    alert_rule_test: [{ eval_time: at, alertname: name, exp_alerts: expected }],
  };
}

function testsOf(name: string, { at, fires, summary, labels, rests }: AlertCase): object[] {
  const { severity, description } = ALERTS.find((alert) => alert.name === name) ?? {};
  const runbook_url = `docs/runbooks.md#${name.toLowerCase()}`;
  const expected = {
    exp_labels: { ...labels, severity },
    exp_annotations: { summary, description, runbook_url },
  };
  return [
    testOf(name, at, fires, [expected]),
    ...Object.values(rests).map((series) => testOf(name, at, series, [])),
  ];
}

describe("the alerts", () => {
  it("each have a case in which they call somebody, and one in which they do not", () => {
    expect(Object.keys(ALERT_CASES).toSorted()).toEqual(ALERTS.map(({ name }) => name).toSorted());
    for (const { rests } of Object.values(ALERT_CASES)) expect(rests).not.toEqual({});
  });

  it("each have an entry in the runbook, and no other is there", async () => {
    const page = await readFile(join(PROJECT, "docs/runbooks.md"), "utf8");
    const entries = page.split(/^### /m).slice(1);
    expect(entries.map((entry) => String(entry.split("\n")[0])).toSorted()).toEqual(
      ALERTS.map(({ name }) => name).toSorted(),
    );
    for (const entry of entries)
      for (const part of ["**It means**", "**Look**", "**Do**"]) expect(entry).toContain(part);
  });

  it("are the same for the Prometheus operator", async () => {
    const read = async (path: string) => parse(await readFile(path, "utf8"));
    const rule = await read(join(PROJECT, "deploy/monitoring/rules.yaml"));
    expect(rule.spec).toEqual(await read(RULES));
  });
});

describe.skipIf(tools === undefined)("promtool", () => {
  it("takes the rules", async () => {
    expect(await promtool("check", "rules", RULES)).toContain(`${ALERTS.length} rules found`);
  });

  it.each(Object.entries(ALERT_CASES))(
    "sees %s call when it should, and only then",
    async (name, one) => {
      const file = join(folder, `${name}.yaml`);
      await writeFile(file, stringify({ rule_files: [RULES], tests: testsOf(name, one) }));
      expect(await promtool("test", "rules", file)).toContain("SUCCESS");
    },
  );
});
