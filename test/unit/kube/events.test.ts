import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KubeClient } from "../../../src/kube/client.ts";
import { type EventOutcome, EventRecorder } from "../../../src/kube/events.ts";
import type { KubeObject } from "../../../src/kube/kube-object.ts";
import { KubeTransport } from "../../../src/kube/transport.ts";
import { until } from "../../until.ts";
import { answer, type Call, FakeApiServer, statusOf } from "./fake-api-server.ts";

const WORDS = { type: "Normal", reason: "Created", message: "made it" } as const;
const BURST = 25;

let server: FakeApiServer;
let transport: KubeTransport;
let recorder: EventRecorder;
let stopping: AbortController;
let log: string[];
let outcomes: EventOutcome[];
let nowMs: number;

beforeEach(async () => {
  server = await FakeApiServer.start((response) =>
    answer(response, 201, { metadata: { name: "e", uid: "u", resourceVersion: "1" } }),
  );
  transport = new KubeTransport({ kubeConfig: server.kubeConfig, userAgent: "test" });
  stopping = new AbortController();
  log = [];
  outcomes = [];
  nowMs = 1_000_000;
  recorder = new EventRecorder({
    client: new KubeClient(transport),
    component: "operator",
    instance: "pod".repeat(100),
    log: (_, message) => log.push(message),
    onOutcome: (outcome) => outcomes.push(outcome),
    signal: stopping.signal,
    now: () => nowMs,
  });
});
afterEach(async () => {
  stopping.abort();
  await recorder.flush();
  await transport.close();
  await server[Symbol.asyncDispose]();
});

function thing(name: string): KubeObject {
  const metadata = { name, namespace: "n", uid: `uid-${name}`, resourceVersion: "7" };
  return { apiVersion: "x.io/v1", kind: "Thing", metadata };
}

const made = (): Call[] => server.calls.filter(({ method }) => method === "POST");
const patched = (): Call[] => server.calls.filter(({ method }) => method === "PATCH");

describe("while there is other work", () => {
  it("events go at a walking pace, and none is lost", async () => {
    let isBusy = true;
    const paced = new EventRecorder({
      client: new KubeClient(transport),
      component: "operator",
      instance: "pod",
      log: (_, message) => log.push(message),
      isBusy: () => isBusy,
      signal: stopping.signal,
      now: () => nowMs,
    });
    const startedMs = performance.now();
    for (const name of ["a", "b", "c"]) paced.record(thing(name), WORDS);
    await until("two are written", () => made().length === 2);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(2 * 99);

    isBusy = false;
    await paced.flush();

    expect(made()).toHaveLength(3);
  });
});

describe("an event", () => {
  it("is written in the namespace of its object, and names it", async () => {
    recorder.record(thing("a"), WORDS);
    await recorder.flush();

    expect(made()[0]?.path).toBe("/api/v1/namespaces/n/events");
    const event = JSON.parse(made()[0]?.body ?? "");
    expect(event).toMatchObject({
      ...WORDS,
      involvedObject: { apiVersion: "x.io/v1", kind: "Thing", name: "a", uid: "uid-a" },
      source: { component: "operator" },
      count: 1,
    });
    expect(event.reportingInstance.length).toBeLessThanOrEqual(128);
  });

  it("is cut to what the API takes", async () => {
    recorder.record(thing("a"), { ...WORDS, message: "x".repeat(5_000) });
    await recorder.flush();

    expect(JSON.parse(made()[0]?.body ?? "").message).toHaveLength(1_024);
  });

  it("that says the same within ten minutes is counted on the first", async () => {
    recorder.record(thing("a"), WORDS);
    recorder.record(thing("a"), WORDS);
    recorder.record(thing("a"), WORDS);
    await recorder.flush();

    expect(made()).toHaveLength(1);
    expect(patched().map(({ body }) => JSON.parse(body).count)).toEqual([2, 3]);
    expect(patched()[0]?.contentType).toBe("application/merge-patch+json");
  });

  it.each([
    {
      what: "another message",
      object: thing("a"),
      words: { ...WORDS, message: "anew" },
      afterMs: 0,
    },
    { what: "another object", object: thing("b"), words: WORDS, afterMs: 0 },
    { what: "more than ten minutes later", object: thing("a"), words: WORDS, afterMs: 600_000 },
  ])("with $what is an event of its own", async ({ object, words, afterMs }) => {
    recorder.record(thing("a"), WORDS);
    await recorder.flush();
    nowMs += afterMs;

    recorder.record(object, words);
    await recorder.flush();

    expect(made()).toHaveLength(2);
  });

  it("is made anew where someone has deleted the first", async () => {
    recorder.record(thing("a"), WORDS);
    await recorder.flush();
    const { handler } = server;
    server.handler = (response, call) =>
      call.method === "PATCH"
        ? answer(response, 404, statusOf(404, "NotFound"))
        : handler(response, call);

    recorder.record(thing("a"), WORDS);
    await recorder.flush();

    expect(made()).toHaveLength(2);
    expect(log).toEqual([]);
  });
});

describe("too many events", () => {
  const talk = (name: string, times: number): void => {
    for (let index = 0; index < times; index += 1)
      recorder.record(thing(name), { ...WORDS, message: String(index) });
  };

  it("of one object are dropped, those of another are not", async () => {
    talk("noisy", 100);
    recorder.record(thing("quiet"), WORDS);
    await recorder.flush();

    expect(made()).toHaveLength(BURST + 1);
  });

  it("may go on at one in five minutes", async () => {
    talk("noisy", 100);
    nowMs += 300_000;
    talk("noisy", 100);
    await recorder.flush();

    expect(made().length + patched().length).toBe(BURST + 1);
  });

  it("that wait have the oldest dropped, which is told", async () => {
    for (let index = 0; index < 1_200; index += 1) recorder.record(thing(`t${index}`), WORDS);
    await recorder.flush();

    expect(made().length).toBeLessThanOrEqual(1_001);
    expect(made().at(-1)?.body).toContain('"uid-t1199"');
    expect(log).toEqual(["events were dropped: too many waited"]);
  });
});

describe("a failure", () => {
  it("never reaches the caller and does not stop the next event", async () => {
    const { handler } = server;
    server.handler = (response, call) =>
      call.body.includes("uid-a") ? answer(response, 500, {}) : handler(response, call);

    recorder.record(thing("a"), WORDS);
    recorder.record(thing("b"), WORDS);
    await recorder.flush();

    expect(log).toEqual(["an event could not be written"]);
    expect(made().at(-1)?.body).toContain("uid-b");
  });

  it("to reach the server is told, and the caller goes on", async () => {
    await server[Symbol.asyncDispose]();

    expect(() => recorder.record(thing("a"), WORDS)).not.toThrow();
    await recorder.flush();

    expect(log).toEqual(["an event could not be written"]);
  });

  it("of a server that says nothing ends with the signal", async () => {
    server.handler = () => stopping.abort();

    recorder.record(thing("a"), WORDS);

    await expect(recorder.flush()).resolves.toBeUndefined();
  });
});

describe("whoever counts events", () => {
  it("is told what became of each", async () => {
    recorder.record(thing("a"), WORDS);
    recorder.record(thing("a"), WORDS);
    await recorder.flush();
    for (let count = 0; count < BURST; count += 1) recorder.record(thing("a"), WORDS);
    await recorder.flush();

    const countOf = (outcome: EventOutcome): number =>
      outcomes.filter((each) => each === outcome).length;
    expect([countOf("written"), countOf("repeated"), countOf("spared")]).toEqual([1, BURST - 1, 2]);
  });
});
