import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/controller/reconciler.ts";
import { createLogger } from "../../../src/logger.ts";
import { createMetrics } from "../../../src/metrics.ts";
import { ProviderError } from "../../../src/provider/errors.ts";
import { Telling } from "../../../src/telling.ts";
import type { CollectedSpan } from "../../trace-collector.ts";
import { thing } from "../core/situations.ts";
import { named, RECONCILE, trace } from "./traced-work.ts";

const OUTCOME: Outcome = {
  action: "create",
  claims: [{ type: "Ready", status: "False", reason: "Creating", message: "is being made" }],
  thing: thing("4711"),
  forgets: false,
  hasLooked: true,
  isWritten: true,
  requeueAfterMs: 3_000,
};

interface Said {
  readonly spans: readonly CollectedSpan[];
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

/** What is said of a reconcile with this outcome. */
async function said(outcome: Outcome, level = "info"): Promise<Said> {
  const { tracing, end } = await trace();
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ level, isPretty: false, stream, context: () => tracing.ids() });
  const telling = new Telling(logger, createMetrics(), tracing);
  logger.info("before");
  await tracing.inTrace(RECONCILE, async () =>
    telling.tell("HpcInstance", {
      key: RECONCILE.key,
      reconcileID: "one",
      durationMs: 5,
      outcome,
    }),
  );
  return { spans: await end(), lines: lines.map((line) => JSON.parse(line)) };
}

describe("a reconcile", () => {
  it("says in its span what its line in the log says, and the line names the span", async () => {
    const { spans, lines } = await said(OUTCOME);

    const { traceId, spanId, attributes } = named(spans, "reconcile HpcInstance");
    expect(attributes).toMatchObject({
      "hpc_park_operator.reconcile_id": "one",
      "hpc_park_operator.action": "create",
      "hpc_park_operator.result": "requeue_after",
      "hpc_park_operator.reason": "Creating",
      "hpc_park_operator.external_id": "4711",
    });
    expect(lines.at(-1)).toMatchObject({ msg: "acted", reconcileID: "one", traceId, spanId });
  });

  it("fails in its span where it failed", async () => {
    const failure = new ProviderError("quota", "no more GPUs");
    const { spans } = await said({ ...OUTCOME, failure });

    const { status, attributes } = named(spans, "reconcile HpcInstance");
    expect(status).toEqual({ code: 2, message: "no more GPUs" });
    expect(attributes).toMatchObject({
      "error.type": "quota",
      "hpc_park_operator.result": "error",
    });
  });

  it.each([
    ["leaves no span where there is nothing to say of it", "info", 0],
    ["leaves one where a line says that there was nothing to do", "debug", 1],
  ])("%s", async (_, level, count) => {
    const { spans } = await said({ ...OUTCOME, action: "nothing", isWritten: false }, level);

    expect(spans).toHaveLength(count);
  });
});

describe("a line of the log", () => {
  it("names no span where none is under way", async () => {
    const { lines } = await said(OUTCOME);

    expect(lines[0]).toMatchObject({ msg: "before" });
    expect(Object.keys(lines[0] ?? {})).not.toContain("traceId");
  });
});
