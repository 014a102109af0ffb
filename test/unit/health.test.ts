import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Gauge, Registry } from "prom-client";
import { type HealthServer, startHealthServer } from "../../src/health.ts";

let faults: string[];
let registry: Registry;
let server: HealthServer;
const beforeMetrics = vi.fn<() => void>();

beforeEach(async () => {
  faults = [];
  registry = new Registry();
  beforeMetrics.mockReset();
  server = await startHealthServer({
    host: "127.0.0.1",
    port: 0,
    readiness: () => faults,
    registry,
    beforeMetrics,
  });
});

afterEach(async () => server.close());

async function get(path: string): Promise<{ status: number; text: string; type: string | null }> {
  const response = await fetch(`${server.url}${path}`);
  const { status, headers } = response;
  return { status, text: await response.text(), type: headers.get("content-type") };
}

describe("the health server", () => {
  it("lives, ready or not", async () => {
    faults = ["cannot work"];
    expect(await get("/healthz")).toMatchObject({ status: 200, text: "ok\n" });
  });

  it("is ready where nothing is wrong, whatever is asked along with it", async () => {
    expect(await get("/readyz")).toMatchObject({ status: 200, text: "ok\n" });
    expect(await get("/readyz?verbose")).toMatchObject({ status: 200 });
  });

  it("says all that keeps it from working", async () => {
    faults = ["HPC Park does not answer", "the lease is another's"];
    expect(await get("/readyz")).toMatchObject({
      status: 503,
      text: "HPC Park does not answer\nthe lease is another's\n",
    });
  });

  it("brings gauges up to date before it shows them", async () => {
    const gauge = new Gauge({ name: "depth", help: "x", registers: [registry] });
    beforeMetrics.mockImplementation(() => gauge.set(7));
    const { status, text, type } = await get("/metrics");
    expect([status, type]).toEqual([200, registry.contentType]);
    expect(text).toContain("depth 7");
  });

  it("drops one request that fails and goes on with the next", async () => {
    beforeMetrics.mockImplementationOnce(() => {
      throw new Error("oops");
    });
    await expect(get("/metrics")).rejects.toThrow();
    expect(await get("/metrics")).toMatchObject({ status: 200 });
  });

  it("says what there is where something else is asked for", async () => {
    expect(await get("/")).toMatchObject({ status: 404, text: expect.stringContaining("/readyz") });
  });

  it("fails to start where the port is taken", async () => {
    const port = Number(new URL(server.url).port);
    const second = startHealthServer({
      host: "127.0.0.1",
      port,
      readiness: () => [],
      registry,
      beforeMetrics,
    });
    await expect(second).rejects.toThrow(/EADDRINUSE/);
  });
});
