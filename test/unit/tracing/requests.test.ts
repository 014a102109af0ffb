import { describe, expect, it, onTestFinished } from "vitest";
import type { KubeObject } from "../../../src/kube/kube-object.ts";
import { KubeClient } from "../../../src/kube/client.ts";
import { EventRecorder } from "../../../src/kube/events.ts";
import { KubeTransport } from "../../../src/kube/transport.ts";
import { Lanes } from "../../../src/provider/lanes.ts";
import type { HttpRequest } from "../../../src/provider/http-exchange.ts";
import type { Tracing } from "../../../src/tracing.ts";
import { until } from "../../until.ts";
import { answer, FakeApiServer } from "../kube/fake-api-server.ts";
import { AnsweringServer, json } from "../provider/answering-server.ts";
import { clientOf, TOKEN } from "../provider/client.ts";
import { named, RECONCILE, trace } from "./traced-work.ts";

const THINGS = { group: "x.io", version: "v1", plural: "things", kind: "Thing" };
const never = new AbortController().signal;

function creating(name: string): HttpRequest {
  const operation = `create ${name}`;
  return { method: "POST", path: `/v1/${name}?x=1`, operation, lane: "create", isCreate: true };
}

async function apiServer(
  tracing: Tracing,
): Promise<{ readonly server: FakeApiServer; readonly client: KubeClient }> {
  const metadata = { name: "a", namespace: "n", uid: "u", resourceVersion: "1" };
  const server = await FakeApiServer.start((response) => answer(response, 200, { metadata }));
  const transport = new KubeTransport({
    kubeConfig: server.configFor({ token: TOKEN }),
    userAgent: "test",
    traceRequest: tracing.toApiServer,
  });
  onTestFinished(async () => {
    await transport.close();
    await server[Symbol.asyncDispose]();
  });
  return { server, client: new KubeClient(transport) };
}

describe("a request to a provider", () => {
  it("belongs to the work that waits for it, however long it waited for its turn", async () => {
    const { tracing, end } = await trace();
    const parents = new Map<string, unknown>();
    await using server = await AnsweringServer.start((response, received) => {
      parents.set(received.path, response.req.headers["traceparent"]);
      json(201, { id: 1 })(response, received);
    });
    const now = (): number => performance.now();
    const lanes = new Lanes({
      requestsPerSecond: 1000,
      concurrency: 1,
      patienceMs: 1000,
      now,
      random: () => 0,
    });
    using client = clientOf(server.url, { lanes, traceRequest: tracing.toProvider("hpc-park") });
    const names = ["a", "b", "c"];
    await Promise.all(
      names.map((name) =>
        tracing.inTrace({ ...RECONCILE, key: `team/${name}` }, () =>
          client.http.request(creating(name), never),
        ),
      ),
    );
    lanes.close();
    const spans = await end();

    for (const name of names) {
      const { traceId, spanId, parentSpanId } = named(spans, `create ${name}`);
      const work = spans.find((span) => span.attributes["hpc_park_operator.name"] === name);
      expect(parentSpanId).toBe(work?.spanId);
      expect(parents.get(`/v1/${name}?x=1`)).toBe(`00-${traceId}-${spanId}-01`);
    }
  });

  it("is one span where it is redirected, and both times the other side hears of it", async () => {
    const { tracing, end } = await trace();
    const parents: unknown[] = [];
    await using server = await AnsweringServer.start((response, received) => {
      parents.push(response.req.headers["traceparent"]);
      const isFirst = parents.length === 1;
      json(
        isFirst ? 307 : 201,
        { id: 1 },
        isFirst ? { location: "/v1/a/" } : {},
      )(response, received);
    });
    using client = clientOf(server.url, { traceRequest: tracing.toProvider("hpc-park") });
    await client.http.request(creating("a"), never);

    const { traceId, spanId, attributes } = named(await end(), "create a");
    expect(parents).toEqual(Array(2).fill(`00-${traceId}-${spanId}-01`));
    expect(attributes["url.path"]).toBe("/v1/a");
  });

  it("tells neither its token nor what is sent and answered", async () => {
    const { tracing, end, collector } = await trace();
    await using server = await AnsweringServer.start(
      json(422, { detail: `header was Bearer ${TOKEN}` }),
    );
    using client = clientOf(server.url, { traceRequest: tracing.toProvider("hpc-park") });
    const request = { ...creating("a"), json: { label: "in-the-body" } };
    await expect(client.http.request(request, never)).rejects.toThrow("header was");

    const { status } = named(await end(), "create a");
    expect(status.message).toContain("header was [hidden]");
    for (const secret of [TOKEN, Buffer.from(TOKEN).toString("base64"), "in-the-body"])
      expect(collector.bodies.join("")).not.toContain(secret);
  });
});

describe("a request to the API server", () => {
  it("is traced as a part of other work only", async () => {
    const { tracing, end, collector } = await trace();
    const { client } = await apiServer(tracing);
    await client.get(THINGS, "n", "a", never);
    await tracing.inTrace(RECONCILE, () =>
      client.mergePatch(THINGS, "n", "a", {}, { subresource: "status" }, never),
    );
    const spans = await end();

    expect(spans.map(({ name }) => name)).toEqual(["patch things/status", "reconcile HpcInstance"]);
    expect(named(spans, "patch things/status")).toMatchObject({
      parentSpanId: named(spans, "reconcile HpcInstance").spanId,
      attributes: {
        "http.request.method": "PATCH",
        "http.response.status_code": 200,
        "url.path": "/apis/x.io/v1/namespaces/n/things/a/status",
      },
    });
    expect(collector.bodies.join("")).not.toContain(TOKEN);
  });

  it("that writes an event is no part of the work that tells of it", async () => {
    const { tracing, end } = await trace();
    const { client, server } = await apiServer(tracing);
    const recorder = new EventRecorder({
      client,
      component: "operator",
      instance: "pod",
      log: () => undefined,
      signal: never,
      now: () => performance.now(),
    });
    const metadata = { name: "a", namespace: "n", uid: "u", resourceVersion: "7" };
    const object: KubeObject = { apiVersion: "x.io/v1", kind: "Thing", metadata };
    await tracing.inTrace(RECONCILE, async () => {
      recorder.record(object, { type: "Normal", reason: "Created", message: "made it" });
      await until("the event is written", () => server.calls.length > 0);
    });
    await recorder.flush();

    expect(await end()).toEqual([]);
  });
});
