import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { bundle } from "../../scripts/bundle.ts";
import { spawnOperator } from "../operator-process.ts";
import { PROJECT } from "../project.ts";
import { type CollectedSpan, TraceCollector } from "../trace-collector.ts";
import { until } from "../until.ts";
import { Lab } from "./lab.ts";

const CANARY = "canary-2c91f6d07be34a85bb90e2f14d6c8a37-token";

/** Says on standard error which files of OpenTelemetry are loaded; prom-client loads the API by itself. */
const WATCH_LOADING = `--import=data:text/javascript,${encodeURIComponent(`
import { registerHooks } from "node:module";
registerHooks({
  load(url, context, next) {
    if (/@opentelemetry\\/(?!api\\/)|src\\/tracing\\/open/.test(url)) process.stderr.write("loaded " + url + "\\n");
    return next(url, context);
  },
});`)}`;

/** Settings under which spans are sent at once. */
function settingsFor(url: string): Readonly<Record<string, string>> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_BSP_SCHEDULE_DELAY: "50" };
}

function isOf(name: string, action: string): (span: CollectedSpan) => boolean {
  return ({ attributes }) =>
    attributes["hpc_park_operator.name"] === name &&
    attributes["hpc_park_operator.action"] === action;
}

describe("the operator with a collector of traces", () => {
  let collector: TraceCollector;
  let lab: Lab;
  beforeAll(async () => {
    collector = await TraceCollector.start();
    const settings = { ...settingsFor(collector.url), NODE_OPTIONS: WATCH_LOADING };
    lab = await Lab.start({ token: CANARY }, settings);
    lab.simulator.faults.add({
      match: { method: "POST", times: 1 },
      effect: { kind: "status", status: 422, body: { detail: `bad header: Bearer ${CANARY}` } },
    });
    await lab.applyInstance("traced");
    await lab.untilReady("hpci/traced");
  });
  afterAll(async () => {
    await lab.stop();
    await collector[Symbol.asyncDispose]();
  });

  /** The reconcile that made the instance. */
  const reconcile = (): Promise<CollectedSpan> =>
    collector.span(
      "the create",
      (span) => isOf("traced", "create")(span) && span.status.code === 0,
    );

  it("shows a reconcile, with the requests to the provider and to the API server in it", async () => {
    const work = await reconcile();
    const parts = collector.spans.filter(({ parentSpanId }) => parentSpanId === work.spanId);

    expect(work).toMatchObject({
      name: "reconcile HpcInstance",
      attributes: { "k8s.namespace.name": lab.namespace },
      resource: { "service.name": "hpc-park-operator" },
    });
    expect(work.parentSpanId).toBeUndefined();
    expect(parts.map(({ name }) => name)).toEqual([
      "patch hpcinstances",
      "create instance",
      "patch hpcinstances/status",
    ]);
    for (const { traceId } of parts) expect(traceId).toBe(work.traceId);
  });

  it("tells the provider to which span a request belongs", async () => {
    const { traceId, spanId } = await reconcile();
    const sent = collector.spans.find(
      ({ name, parentSpanId }) => name === "create instance" && parentSpanId === spanId,
    );
    const received = lab.requests("createInstance").at(-1);

    expect(sent?.attributes["http.response.status_code"]).toBe(201);
    expect(received?.traceParent).toBe(`00-${traceId}-${sent?.spanId}-01`);
  });

  it("names the span in the line of the log", async () => {
    const { traceId, spanId } = await reconcile();
    const lines = lab.operator.log().split("\n");

    const line = lines.find((each) => each.includes(spanId) && each.includes(`"acted"`));

    expect(JSON.parse(line ?? "{}")).toMatchObject({ traceId, spanId, name: "traced" });
  });

  it("shows a list apart from the reconciles that it serves", async () => {
    const look = await collector.span("a look", ({ name }) => name === "look at HpcInstance");
    const list = await collector.span(
      "its list",
      ({ parentSpanId }) => parentSpanId === look.spanId,
    );

    expect(look.parentSpanId).toBeUndefined();
    expect(list.name).toBe("list instances");
  });

  it("shows neither watches nor the writing of events", async () => {
    await reconcile();

    const names = new Set(collector.spans.map(({ name }) => name));
    for (const name of ["create events", "list hpcinstances", "update leases"])
      expect(names).not.toContain(name);
  });

  it("shows what went wrong, and no token", async () => {
    const refused = await collector.span("the refusal", ({ status }) =>
      Boolean(status.message?.includes("bad header")),
    );

    expect(refused.status.message).toContain("[hidden]");
    expect(collector.bodies.join("")).not.toContain(CANARY.slice(7, 39));
  });

  it("tells the last spans when it ends", async () => {
    const { length } = collector.spans;
    await lab.operator.end("SIGTERM");

    expect(collector.spans.length).toBeGreaterThan(length);
    expect(lab.operator.log()).toContain("src/tracing/open-telemetry.ts");
  });
});

describe("the operator with a collector in trouble", () => {
  it.each<[string, (collector: TraceCollector) => Promise<void> | void]>([
    ["is not there", (collector) => collector[Symbol.asyncDispose]()],
    [
      "never answers",
      (collector) => {
        collector.answer = () => undefined;
      },
    ],
  ])("that %s works on, warns once, and ends in order", async (_, spoil) => {
    const collector = await TraceCollector.start();
    const settings = { ...settingsFor(collector.url), OTEL_EXPORTER_OTLP_TIMEOUT: "600000" };
    await spoil(collector);
    const lab = await Lab.start({}, settings);
    onTestFinished(async () => {
      await lab.stop();
      await collector[Symbol.asyncDispose]();
    });
    await lab.applyInstance("untold");
    await lab.untilReady("hpci/untold");
    const warnings = (): number => lab.operator.log().split("traces could not be sent").length - 1;
    await until("a warning", () => warnings() > 0);

    const code = await lab.operator.end("SIGTERM");

    expect(code).toBe(0);
    expect(warnings()).toBe(1);
  });
});

describe("the operator without a collector", () => {
  it("loads nothing of OpenTelemetry, and says nothing to the provider", async () => {
    const settings = { OTEL_SERVICE_NAME: "x", NODE_OPTIONS: WATCH_LOADING };
    const lab = await Lab.start({}, settings);
    onTestFinished(() => lab.stop());
    await lab.applyInstance("plain");
    await lab.untilReady("hpci/plain");

    expect(lab.operator.log()).not.toContain("loaded ");
    expect(lab.operator.log()).not.toContain("traceId");
    expect(lab.requests("createInstance").map(({ traceParent }) => traceParent)).toEqual([
      undefined,
    ]);
  });
});

describe("the operator as a bundle", () => {
  let collector: TraceCollector;
  let lab: Lab;
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bundle-"));
    program = join(folder, "operator.mjs");
    await bundle(join(PROJECT, "src/main.ts"), program);
    collector = await TraceCollector.start();
    lab = await Lab.start({}, settingsFor(collector.url));
  });
  afterAll(async () => {
    await lab.stop();
    await collector[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  async function startBundle(): Promise<void> {
    await lab.operator.end("SIGTERM");
    lab.operator = spawnOperator(lab.environment, program);
  }

  it("loads what it needs for traces from a file beside it", async () => {
    await startBundle();
    await lab.applyInstance("bundled");

    const isIt = isOf("bundled", "create");
    const { spanId } = await collector.span("the create", isIt, lab.operator.log);

    const parts = collector.spans.filter(({ parentSpanId }) => parentSpanId === spanId);
    expect(parts.map(({ name }) => name)).toContain("create instance");
    expect(await readFile(program, "utf8")).not.toContain("BatchSpanProcessor");
  });

  it("works without traces where that file is not there", async () => {
    await rm(join(folder, "open-telemetry.mjs"));
    await startBundle();
    await lab.applyInstance("moved");
    await lab.untilReady("hpci/moved");

    expect(lab.operator.log()).toContain("nothing is traced");
  });
});
