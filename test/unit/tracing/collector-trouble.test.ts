import { setInterval } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Complaints } from "../../../src/tracing/complaints.ts";
import { startTracing, type Tracing } from "../../../src/tracing.ts";
import { TraceCollector } from "../../trace-collector.ts";
import { until } from "../../until.ts";

const GET = { operation: "get bill", method: "GET", url: new URL("http://127.0.0.1/v1/billing") };
const KEY = "collector-key-7f3a9c51d2e84b60af17c3d5e9b82746";

let warnings: { readonly message: string; readonly why: unknown }[] = [];
beforeEach(() => {
  warnings = [];
  vi.stubEnv("OTEL_BSP_SCHEDULE_DELAY", "10");
  // Long enough for loopback, and too short for a second try.
  vi.stubEnv("OTEL_EXPORTER_OTLP_TIMEOUT", "500");
  vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", `authorization=Bearer ${KEY}`);
});
afterEach(() => vi.unstubAllEnvs());

/** Tracing for a collector that does not do what it should. */
async function tracingTo(url: string): Promise<Tracing> {
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", url);
  const tracing = await startTracing(process.env, (level, message, { why }) => {
    if (level === "warn") warnings.push({ message, why });
  });
  if (tracing === undefined) throw new Error("nothing is traced");
  return tracing;
}

async function troubled(answer: TraceCollector["answer"]): Promise<TraceCollector> {
  const collector = await TraceCollector.start();
  collector.answer = answer;
  onTestFinished(() => collector[Symbol.asyncDispose]());
  return collector;
}

describe("a collector in trouble", () => {
  it.each<[string, TraceCollector["answer"], RegExp]>([
    ["fails", (response) => void response.writeHead(500).end(`echo ${KEY}`), /^500 /],
    [
      "is too busy",
      (response) => void response.writeHead(503, { "retry-after": "60" }).end(),
      /retryable/,
    ],
    [
      "echoes a key in its refusal",
      (response) => void response.writeHead(400, `Bearer ${KEY}`).end(),
      /^400 \[hidden\]$/,
    ],
    ["cuts the connection", (response) => void response.destroy(), /ECONNRESET/],
  ])("that %s is warned of once, without a secret", async (_, answer, why) => {
    const collector = await troubled(answer);
    const tracing = await tracingTo(collector.url);
    for (const batches of [1, 2]) {
      tracing.toProvider("hpc-park")(GET)?.end({ status: 200 });
      await until("a batch", () => collector.bodies.length >= batches);
    }
    await tracing.close();

    expect(warnings).toEqual([
      { message: "traces could not be sent", why: expect.stringMatching(why) },
    ]);
    expect(JSON.stringify(warnings)).not.toContain(KEY);
  });

  it("that is not there holds up neither the work nor the end", async () => {
    const collector = await TraceCollector.start();
    const { url } = collector;
    await collector[Symbol.asyncDispose]();
    const tracing = await tracingTo(url);

    const done = await tracing.inTrace({ verb: "reconcile", kind: "HpcInstance" }, async () => {
      tracing.toProvider("hpc-park")(GET)?.end({ status: 200 });
      return "done";
    });
    await tracing.close();

    expect(done).toBe("done");
    expect(warnings.map(({ why }) => why)).toEqual([expect.stringContaining("ECONNREFUSED")]);
  });

  it.each<[string, TraceCollector["answer"]]>([
    ["never answers", () => undefined],
    [
      "never comes to the end of its answer",
      (response) => {
        const dripping = async (): Promise<void> => {
          for await (const _ of setInterval(100)) if (!response.write(" ")) return;
        };
        void dripping().catch(() => undefined);
      },
    ],
  ])("that %s is cut off at the end", async (_, answer) => {
    const collector = await troubled(answer);
    const tracing = await tracingTo(collector.url);
    tracing.toProvider("hpc-park")(GET)?.end({ status: 200 });
    await until("a batch", () => collector.bodies.length > 0);

    await tracing.close();

    await until("the connection is cut", async () => (await collector.connections()) === 0);
  });
});

describe("complaints", () => {
  it("are made at once, and then once a minute with how many there were", () => {
    let nowMs = 0;
    const said: unknown[] = [];
    const complaints = new Complaints(
      "no",
      (_, fields) => said.push(fields),
      () => nowMs,
    );
    for (const [atMs, why] of [
      [0, "a"],
      [1_000, "b"],
      [59_999, "c"],
      [60_000, "d"],
      [120_000, "e"],
    ] as const) {
      nowMs = atMs;
      complaints.add(why);
    }

    expect(said).toEqual([{ why: "a" }, { why: "d", unsaid: 2 }, { why: "e" }]);
  });
});
