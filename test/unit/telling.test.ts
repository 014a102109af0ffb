import { describe, expect, it } from "vitest";
import { createLogger } from "../../src/logger.ts";
import { createMetrics } from "../../src/metrics.ts";
import type { ContractDifference } from "../../src/provider/hpc-park/contract-differences.ts";
import { AS_DOCUMENTED } from "../../src/provider/hpc-park/live-description.ts";
import { Telling } from "../../src/telling.ts";

const CHANGED: ContractDifference = {
  operation: "POST /v1/instance",
  what: "is missing",
  severity: "required changed",
};
const MISSING: ContractDifference = {
  operation: "GET /v1/limit",
  what: "is missing: showing limits",
  severity: "optional section missing",
};

interface Said {
  readonly line: Record<string, unknown>;
  readonly counts: Readonly<Record<string, number>>;
}

/** The log line and the gauge after descriptions were told one after the other. */
async function said(...tellings: (readonly ContractDifference[])[]): Promise<Said> {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ level: "trace", isPretty: false, stream });
  const metrics = createMetrics();
  const telling = new Telling(logger, metrics);
  for (const differences of tellings)
    telling.tellDescription(
      { provider: "hpc-park", server: "https://a" },
      { ...AS_DOCUMENTED, differences },
    );
  const { values } = await metrics.contractDifferences.get();
  return {
    line: JSON.parse(lines.at(-1) ?? "{}"),
    counts: Object.fromEntries(values.map(({ labels, value }) => [labels["severity"], value])),
  };
}

describe("what a service says of itself", () => {
  it.each<[string, readonly ContractDifference[], string]>([
    ["a person where writes stop", [MISSING, CHANGED], "error"],
    ["as a warning where a feature is off", [MISSING], "warn"],
    ["in passing where all is well", [], "info"],
  ])("is told %s", async (_, differences, level) => {
    const { line } = await said(differences);
    expect(line).toMatchObject({ level, provider: "hpc-park", differences });
  });

  it("is counted by severity, and anew each time", async () => {
    const none = { "required changed": 0, "optional section missing": 0, note: 0 };
    expect((await said([CHANGED, MISSING])).counts).toEqual({
      ...none,
      "required changed": 1,
      "optional section missing": 1,
    });
    expect((await said([CHANGED], [])).counts).toEqual(none);
  });
});
