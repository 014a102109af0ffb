import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startTracing, type Tracing } from "../../../src/tracing.ts";
import { VERSION } from "../../../src/version.ts";
import { type CollectedSpan, TraceCollector } from "../../trace-collector.ts";

const GET = { operation: "get bill", method: "GET", url: new URL("http://127.0.0.1/v1/billing") };

let collector: TraceCollector;
let warnings: string[] = [];
beforeEach(async () => {
  collector = await TraceCollector.start();
  warnings = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await collector[Symbol.asyncDispose]();
});

async function start(settings: Readonly<Record<string, string>>): Promise<Tracing | undefined> {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  return startTracing(process.env, (level, message, fields) => {
    if (level === "warn") warnings.push(`${message} ${JSON.stringify(fields)}`);
  });
}

interface Told {
  readonly spans: readonly CollectedSpan[];
  readonly headers: Readonly<Record<string, string>>;
}

/** What becomes of some requests with these settings. */
async function told(settings: Readonly<Record<string, string>>, requests = 1): Promise<Told> {
  const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...settings });
  let headers = {};
  for (let count = 0; count < requests; count += 1) {
    const sent = tracing?.toProvider("hpc-park")(GET);
    headers = sent?.headers ?? {};
    sent?.end({ status: 200 });
  }
  await tracing?.close();
  return { spans: collector.spans, headers };
}

describe("traces are sent", () => {
  it.each([
    ["with the endpoint for all", { OTEL_EXPORTER_OTLP_ENDPOINT: "URL" }, "/v1/traces"],
    ["with the endpoint for traces", { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "URL/in" }, "/in"],
    [
      "where OTLP is one of the exporters",
      { OTEL_EXPORTER_OTLP_ENDPOINT: "URL", OTEL_TRACES_EXPORTER: "console, otlp" },
      "/v1/traces",
    ],
  ])("%s", async (_, settings, path) => {
    const entries = Object.entries(settings).map(
      ([name, value]) => [name, value.replace("URL", collector.url)] as const,
    );
    const tracing = await start(Object.fromEntries(entries));
    tracing?.toProvider("hpc-park")(GET)?.end({ status: 200 });
    await tracing?.close();

    expect(collector.paths).toEqual([path]);
    expect(warnings).toEqual([]);
  });
});

describe("nothing is traced", () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ["without an endpoint", { OTEL_SERVICE_NAME: "x" }],
    ["with an empty one", { OTEL_EXPORTER_OTLP_ENDPOINT: " " }],
    [
      "where the SDK is switched off",
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_SDK_DISABLED: "True" },
    ],
    [
      "where traces have no exporter",
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_TRACES_EXPORTER: "none" },
    ],
  ])("%s", async (_, settings) => {
    expect(await start(settings)).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it.each(["collector:4318", "nonsense", "unix:///run/otel"])(
    "where the endpoint is %j, and that is said without repeating it",
    async (endpoint) => {
      expect(await start({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint })).toBeUndefined();
      expect(warnings.join()).toContain("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must be");
      expect(warnings.join()).not.toContain(endpoint);
    },
  );
});

describe("the standard variables", () => {
  it("name the service, or it is the operator in this version", async () => {
    const { spans } = await told({});
    expect(spans[0]?.resource).toMatchObject({
      "service.name": "hpc-park-operator",
      "service.version": VERSION,
    });
  });

  it("name the service and say more of it", async () => {
    const { spans } = await told({
      OTEL_SERVICE_NAME: "gpus",
      OTEL_RESOURCE_ATTRIBUTES: "service.name=other,k8s.cluster.name=prod",
    });
    expect(spans[0]?.resource).toMatchObject({
      "service.name": "gpus",
      "k8s.cluster.name": "prod",
    });
  });

  it.each([
    ["always_on", "", 20, "01"],
    ["always_off", "", 0, "00"],
    ["parentbased_always_off", "", 0, "00"],
    ["traceidratio", "0", 0, "00"],
    ["parentbased_traceidratio", "1", 20, "01"],
  ])("sample by %s %s", async (sampler, share, count, flags) => {
    const settings = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: share };
    const { spans, headers } = await told(settings, 20);

    expect(spans).toHaveLength(count);
    expect(headers["traceparent"]).toMatch(new RegExp(`-${flags}$`));
    expect(warnings).toEqual([]);
  });

  it.each(["jaeger_remote", "constructor"])(
    "sample everything, and say so, where there is no sampler %s",
    async (sampler) => {
      const { spans } = await told({ OTEL_TRACES_SAMPLER: sampler }, 3);

      expect(spans).toHaveLength(3);
      expect(warnings.join()).toContain("OTEL_TRACES_SAMPLER");
    },
  );

  it("set the size of a batch", async () => {
    await told({ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "2" }, 5);

    expect(collector.bodies).toHaveLength(3);
  });

  it("set the length of the queue", async () => {
    collector.answer = () => undefined;
    const tracing = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: "300",
      OTEL_BSP_MAX_QUEUE_SIZE: "2",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "2",
    });
    for (let count = 0; count < 50; count += 1)
      tracing?.toProvider("hpc-park")(GET)?.end({ status: 200 });
    await tracing?.close();

    // One batch was under way, and two spans waited.
    expect(collector.spans).toHaveLength(4);
  });

  it.each(["-1", "0", "0.5", "1e20"])("do not set its length to %s", async (size) => {
    const { spans } = await told({ OTEL_BSP_MAX_QUEUE_SIZE: size });

    expect(spans).toHaveLength(1);
    expect(warnings.join()).toContain("OTEL_BSP_MAX_QUEUE_SIZE must be a whole number from 1");
  });

  it("give the collector its headers", async () => {
    await told({ OTEL_EXPORTER_OTLP_HEADERS: "x-api-key=abc%20d" });

    expect(collector.headers[0]?.["x-api-key"]).toBe("abc d");
  });

  it("keep the ids of traces from providers", async () => {
    const { spans, headers } = await told({ OTEL_PROPAGATORS: "none" });

    expect(spans).toHaveLength(1);
    expect(headers).toEqual({});
  });

  it("say where a certificate cannot be read", async () => {
    await told({ OTEL_EXPORTER_OTLP_CERTIFICATE: "/nowhere/ca.pem" });

    expect(warnings.join()).toContain("OTEL_EXPORTER_OTLP_CERTIFICATE names a file");
  });
});
