import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KubeClient } from "../../../src/kube/client.ts";
import type { KubeObject, ResourceType } from "../../../src/kube/kube-object.ts";
import { Reflector, type ReflectorTimings } from "../../../src/kube/reflector.ts";
import { Store } from "../../../src/kube/store.ts";
import { KubeTransport } from "../../../src/kube/transport.ts";
import { answer, type Call, FakeApiServer, statusOf } from "./fake-api-server.ts";
import { until } from "../../until.ts";

const THINGS: ResourceType = { group: "x.io", version: "v1", plural: "things", kind: "Thing" };

/** A hundredth of real life, except that nothing counts as stable or idle where the test does not say so. */
const TIMINGS: ReflectorTimings = {
  minCycleMs: 20,
  maxBackoffMs: 100,
  idleMs: 60_000,
  watchMs: 1_000,
  stableMs: 60_000,
};

let server: FakeApiServer;
let transport: KubeTransport;
let store: Store<KubeObject>;
let stopping: AbortController;
let running: Promise<void> | undefined;
let lines: { level: string; message: string; fields: Readonly<Record<string, unknown>> }[];
/** What the server does; a test replaces these. */
let onList: (response: ServerResponse, call: Call, count: number) => void;
let onWatch: (response: ServerResponse, call: Call, count: number) => void;

beforeEach(async () => {
  let listCount = 0;
  let watchCount = 0;
  onList = (response) => answer(response, 200, listOf([thing("a", "1")], "10"));
  onWatch = open;
  server = await FakeApiServer.start((response, call) => {
    if (call.query.has("watch")) onWatch(response, call, (watchCount += 1));
    else onList(response, call, (listCount += 1));
  });
  transport = new KubeTransport({ kubeConfig: server.kubeConfig, userAgent: "test" });
  store = new Store((error) => {
    throw error;
  });
  stopping = new AbortController();
  lines = [];
});
afterEach(async () => {
  stopping.abort();
  await running;
  await transport.close();
  await server[Symbol.asyncDispose]();
});

function start(timings: Partial<ReflectorTimings> = {}, pageSize = 500): Reflector<KubeObject> {
  const reflector = new Reflector({
    client: new KubeClient(transport),
    transport,
    type: THINGS,
    store,
    log: (level, message, fields) => lines.push({ level, message, fields }),
    pageSize,
    timings: { ...TIMINGS, ...timings },
  });
  running = reflector.run(stopping.signal);
  return reflector;
}

function thing(name: string, resourceVersion: string, uid = `uid-${name}`): KubeObject {
  return { metadata: { name, namespace: "n", uid, resourceVersion } };
}

function listOf(items: readonly KubeObject[], resourceVersion: string, token?: string): object {
  return {
    items,
    metadata: { resourceVersion, ...(token === undefined ? {} : { continue: token }) },
  };
}

function open(response: ServerResponse): void {
  response.writeHead(200).flushHeaders();
}

function event(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

const names = (): string[] => [...store.list()].map(({ metadata }) => metadata.name).sort();
const lists = (): Call[] => server.calls.filter(({ query }) => !query.has("watch"));
const watches = (): Call[] => server.calls.filter(({ query }) => query.has("watch"));
const versions = (): (string | null)[] =>
  watches().map(({ query }) => query.get("resourceVersion"));
const warnings = (): number => lines.filter(({ level }) => level === "warn").length;

describe("in order", () => {
  it("lists page by page, then watches from the list's version and asks for bookmarks", async () => {
    onList = (response, { query }) =>
      query.get("continue") === "more"
        ? answer(response, 200, listOf([thing("b", "2")], "10"))
        : answer(response, 200, listOf([thing("a", "1")], "10", "more"));
    const reflector = start({}, 1);

    await reflector.synced;
    await until("a watch", () => watches().length === 1);

    expect(names()).toEqual(["a", "b"]);
    expect(lists().map(({ query }) => query.get("limit"))).toEqual(["1", "1"]);
    const query = watches()[0]?.query;
    expect(query?.get("resourceVersion")).toBe("10");
    expect(query?.get("allowWatchBookmarks")).toBe("true");
    expect(Number(query?.get("timeoutSeconds"))).toBeGreaterThanOrEqual(1);
    expect(lists()[0]?.query.has("resourceVersion")).toBe(false);
  });

  it("takes what is added, modified and deleted into the store", async () => {
    onWatch = (response) => {
      open(response);
      response.write(event("ADDED", thing("b", "11")));
      response.write(event("MODIFIED", thing("b", "12")));
      response.write(event("DELETED", thing("a", "13")));
    };
    start();

    await until("the events", () => names().join() === "b");

    expect(store.get("n/b")?.metadata.resourceVersion).toBe("12");
  });

  it("goes on from the last version, a bookmark's as well, when the server ends the watch", async () => {
    onWatch = (response, _, count) => {
      open(response);
      if (count === 1) response.end(event("ADDED", thing("b", "11")));
      if (count === 2) response.end(event("BOOKMARK", { metadata: { resourceVersion: "40" } }));
    };
    start();

    await until("three watches", () => watches().length === 3);

    expect(versions()).toEqual(["10", "11", "40"]);
    expect(lists()).toHaveLength(1);
    expect(warnings()).toBe(0);
  });

  it("ends only with the signal", async () => {
    const reflector = start();
    await reflector.synced;

    stopping.abort();

    await expect(running).resolves.toBeUndefined();
  });
});

describe("an expired version", () => {
  const expired = statusOf(410, "Expired");

  it.each([
    {
      how: "inside the stream",
      refuse: (response: ServerResponse) => {
        open(response);
        response.end(event("ERROR", expired));
      },
    },
    { how: "as an answer", refuse: (response: ServerResponse) => answer(response, 410, expired) },
  ])("told $how leads to a new list at once, without a word", async ({ refuse }) => {
    onList = (response, _, count) =>
      answer(response, 200, listOf([thing(count === 1 ? "a" : "b", String(count))], `${count}0`));
    onWatch = (response, _, count) => (count === 1 ? refuse(response) : open(response));
    start({ minCycleMs: 5_000, maxBackoffMs: 5_000 });

    await until("a second watch", () => watches().length === 2, { limitMs: 2_000 });

    expect(names()).toEqual(["b"]);
    expect(versions()).toEqual(["10", "20"]);
    expect(warnings()).toBe(0);
  });

  it("again and again does not lead to a storm of lists", async () => {
    onWatch = (response) => answer(response, 410, expired);
    start({ minCycleMs: 100, maxBackoffMs: 10_000 });

    await until("four lists", () => lists().length === 4);

    const gapsMs = gapsBetween(lists());
    expect(gapsMs[1]).toBeGreaterThan(100);
    expect(gapsMs[2]).toBeGreaterThan(200);
    expect(warnings()).toBe(1);
  });

  it("of a page token begins the list anew", async () => {
    onList = (response, { query }, count) => {
      if (query.has("continue") && count === 2) return answer(response, 410, expired);
      const isFirst = !query.has("continue");
      answer(
        response,
        200,
        listOf([thing(isFirst ? "a" : "b", "1")], "10", isFirst ? "t" : undefined),
      );
    };

    const reflector = start();
    await reflector.synced;

    expect(names()).toEqual(["a", "b"]);
    expect(lists().map(({ query }) => query.has("continue"))).toEqual([false, true, false, true]);
    expect(warnings()).toBe(0);
  });

  it("of every page token counts as a failure after a few tries", async () => {
    onList = (response, { query }) =>
      query.has("continue")
        ? answer(response, 410, expired)
        : answer(response, 200, listOf([thing("a", "1")], "10", "token"));
    start({ minCycleMs: 60_000, maxBackoffMs: 60_000 });

    // The first expiry of all is forgiven once: two rounds of four lists, of two requests each.
    await until("the tries are over", () => warnings() === 1);

    expect(lists()).toHaveLength(16);
    expect(store.size).toBe(0);
  });
});

describe("a stream that breaks", () => {
  it("in the middle of a line is a failure; behind it everything may be another, so it is listed anew", async () => {
    onWatch = (response, _, count) => {
      open(response);
      if (count > 1) return;
      response.write(event("ADDED", thing("b", "11")));
      response.end(event("ADDED", thing("c", "12")).slice(0, -9));
    };
    start();

    await until("another watch", () => watches().length === 2);

    expect(names()).toEqual(["a"]);
    expect(versions()).toEqual(["10", "10"]);
    expect(lists()).toHaveLength(2);
    expect(warnings()).toBe(1);
  });

  it.each([
    { what: "no JSON", line: "secret-word{\n" },
    { what: "no event", line: '{"type":"ADDED","object":{"secret-word":1}}\n' },
    { what: "no object", line: "null\n" },
    { what: "an event of a type that does not exist", line: event("MELTED", thing("b", "2")) },
  ])("with a line that is $what is a failure that does not quote it", async ({ line }) => {
    onWatch = (response, _, count) => {
      open(response);
      if (count === 1) response.write(line);
    };
    start();

    await until("another watch", () => watches().length === 2);

    expect(versions()).toEqual(["10", "10"]);
    expect(warnings()).toBe(1);
    expect(String(lines[0]?.fields["err"])).not.toContain("secret-word");
  });

  it("with an ERROR event other than 410 is a failure that is told, and leads to a new list", async () => {
    onWatch = (response, _, count) => {
      open(response);
      if (count === 1) response.write(event("ERROR", statusOf(500, "InternalError", "etcd fell")));
    };
    start();

    await until("another watch", () => watches().length === 2);

    expect(lists()).toHaveLength(2);
    expect(lines[0]?.fields["err"]).toMatchObject({ kind: "unavailable", status: 500 });
    expect(String(lines[0]?.fields["err"])).toContain("etcd fell");
  });

  it("after one event, again and again, is not opened in a hot loop", async () => {
    onWatch = (response, _, count) => {
      open(response);
      response.end(event("MODIFIED", thing("a", String(10 + count))));
    };
    start({ minCycleMs: 100 });

    await until("five watches", () => watches().length === 5);

    for (const gapMs of gapsBetween(watches())) expect(gapMs).toBeGreaterThan(40);
    expect(lists()).toHaveLength(1);
  });

  it("by a reset is opened anew, behind a new list", async () => {
    onWatch = (response, _, count) => {
      open(response);
      if (count === 1) setImmediate(() => response.socket?.resetAndDestroy());
    };
    start();

    await until("another watch", () => watches().length === 2);

    expect(lists()).toHaveLength(2);
  });
});

describe("a stream that is silent", () => {
  it("is opened anew from the last version, without a list and without a word", async () => {
    onWatch = (response, _, count) => {
      open(response);
      if (count === 1) response.write(event("ADDED", thing("b", "11")));
      if (count === 2) response.write(event("ADDED", thing("c", "12")));
    };
    start({ idleMs: 100 });

    await until("what came over the second watch", () => names().join() === "a,b,c");

    expect(versions().slice(0, 2)).toEqual(["10", "11"]);
    expect(lists()).toHaveLength(1);
    expect(warnings()).toBe(0);
  });

  it("is left alone as long as something comes", async () => {
    let beats = 0;
    onWatch = (response) => {
      open(response);
      const beat = setInterval(() => {
        beats += 1;
        response.write(event("BOOKMARK", { metadata: { resourceVersion: String(10 + beats) } }));
      }, 50);
      response.on("close", () => clearInterval(beat));
    };
    start({ idleMs: 1_000 });

    await until("more beats than the idle time has", () => beats > 22);

    expect(watches()).toHaveLength(1);
  });
});

describe("an API server that fails", () => {
  it.each([
    { status: 401, reason: "Unauthorized" },
    { status: 403, reason: "Forbidden" },
    { status: 500, reason: "InternalError" },
  ])("with $status on the list is told once and recovered from", async ({ status, reason }) => {
    onList = (response, _, count) =>
      count <= 3
        ? answer(response, status, statusOf(status, reason))
        : answer(response, 200, listOf([thing("a", "1")], "10"));
    const reflector = start();

    await reflector.synced;

    expect(names()).toEqual(["a"]);
    expect(lists()).toHaveLength(4);
    expect(warnings()).toBe(1);
  });

  it("in another way is told again", async () => {
    onList = (response, _, count) => answer(response, count === 1 ? 500 : 403, {});
    start();

    await until("four lists", () => lists().length === 4);

    expect(lines.map(({ fields }) => fields["err"])).toMatchObject([
      { kind: "unavailable" },
      { kind: "forbidden" },
    ]);
  });

  it("is waited for longer each time, up to a limit", async () => {
    onList = (response) => answer(response, 500, {});
    start({ minCycleMs: 40, maxBackoffMs: 160 });

    await until("six lists", () => lists().length === 6);

    const gapsMs = gapsBetween(lists());
    expect(gapsMs[0]).toBeGreaterThanOrEqual(39);
    expect(gapsMs[3]).toBeGreaterThanOrEqual(79);
    for (const gapMs of gapsMs) expect(gapMs).toBeLessThan(400);
  });

  it("is given the time it asks for with 429", async () => {
    onList = (response, _, count) =>
      count === 1
        ? answer(response, 429, statusOf(429, "TooManyRequests"), { "retry-after": "1" })
        : answer(response, 200, listOf([], "10"));
    const reflector = start({ minCycleMs: 10, maxBackoffMs: 5_000 });

    await reflector.synced;

    expect(gapsBetween(lists())[0]).toBeGreaterThan(990);
  });

  it("is listed anew where a kind is unknown for a while", async () => {
    onWatch = (response, _, count) =>
      count === 1 ? answer(response, 404, statusOf(404, "NotFound")) : open(response);
    start();

    await until("another watch", () => watches().length === 2);

    expect(lists()).toHaveLength(2);
  });

  it("is told to work again once a watch has lived for some time, and the next failure is told too", async () => {
    onList = (response, _, count) =>
      answer(response, count === 1 ? 500 : 200, listOf([thing("a", "1")], "10"));
    onWatch = (response, _, count) => {
      if (count === 1) {
        open(response);
        setTimeout(() => response.end(), 100);
      } else answer(response, 500, {});
    };
    start({ stableMs: 50 });

    await until("a second warning", () => warnings() === 2);

    expect(lines.map(({ message }) => message)).toEqual([
      "informer failed; it goes on trying",
      "informer works again",
      "informer failed; it goes on trying",
    ]);
  });

  it("by leaving a watch without an answer is not told to work again", async () => {
    onWatch = () => undefined;
    await transport.close();
    const options = { kubeConfig: server.kubeConfig, userAgent: "test", requestTimeoutMs: 150 };
    transport = new KubeTransport(options);
    start({ stableMs: 50, idleMs: 100 });

    await until("four watches", () => watches().length >= 4);

    // A watch that is not open has lived for no time, and has not been silent either.
    expect(lines.map(({ message }) => message)).toEqual(["informer failed; it goes on trying"]);
    const gapsMs = gapsBetween(watches());
    for (const gapMs of gapsMs) expect(gapMs).toBeGreaterThan(149);
  });

  it("makes the informer unhealthy when it is away for too long, and healthy when it is back", async () => {
    let isAway = true;
    onList = (response) =>
      isAway ? answer(response, 500, {}) : answer(response, 200, listOf([], "10"));
    const reflector = start({ idleMs: 100, maxBackoffMs: 50 });
    const wasHealthy = reflector.isHealthy;

    await until("unhealthy", () => !reflector.isHealthy);
    const contactBefore = reflector.lastContactAt;
    isAway = false;
    await until("healthy", () => reflector.isHealthy);

    expect(wasHealthy).toBe(true);
    expect(contactBefore).toBeUndefined();
    expect(reflector.lastContactAt).toBeLessThanOrEqual(performance.now());
  });

  it("shows after an outage what was deleted, and what was made anew under an old name", async () => {
    onList = (response, _, count) =>
      count === 1
        ? answer(response, 200, listOf([thing("a", "1"), thing("b", "2")], "10"))
        : answer(response, 200, listOf([thing("b", "30", "another")], "30"));
    onWatch = (response, _, count) =>
      count === 1 ? answer(response, 410, statusOf(410, "Expired")) : open(response);
    const seen: string[] = [];
    store.onChange((key, current, previous) =>
      seen.push(`${key} ${previous?.metadata.uid ?? "-"} > ${current?.metadata.uid ?? "-"}`),
    );
    start();

    await until("another watch", () => watches().length === 2);

    expect(seen.slice(2)).toEqual(["n/a uid-a > -", "n/b uid-b > -", "n/b - > another"]);
  });
});

function gapsBetween(calls: readonly Call[]): number[] {
  return calls.slice(1).map(({ atMs }, index) => atMs - (calls[index]?.atMs ?? 0));
}
