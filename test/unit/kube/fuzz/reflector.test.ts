import type { ServerResponse } from "node:http";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KubeClient } from "../../../../src/kube/client.ts";
import { keyOf, type KubeObject, type ResourceType } from "../../../../src/kube/kube-object.ts";
import { Reflector } from "../../../../src/kube/reflector.ts";
import { Store } from "../../../../src/kube/store.ts";
import { KubeTransport } from "../../../../src/kube/transport.ts";
import { until } from "../../../until.ts";
import { deep, hostileJson, hostileText, objectOf } from "../../provider/fuzz/hostile.ts";
import { answer, FakeApiServer } from "../fake-api-server.ts";

const RUNS = 60;
const LIMIT_MS = 60_000;
const THINGS: ResourceType = { group: "x.io", version: "v1", plural: "things", kind: "Thing" };
const TIMINGS = {
  minCycleMs: 2,
  maxBackoffMs: 10,
  idleMs: 60_000,
  watchMs: 1_000,
  stableMs: 60_000,
};

/** What lives at first, and what lives while the watch is broken and after. */
const BEFORE = thing("old", "5");
const AFTER = thing("new", "20");

function thing(name: string, resourceVersion: string): KubeObject {
  return { metadata: { name, namespace: "n", uid: `uid-${name}`, resourceVersion } };
}

const listOf = (items: readonly KubeObject[], resourceVersion: string): object => ({
  items,
  metadata: { resourceVersion },
});
const lineOf = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

/** What happened after version 10, as the API server would go on to tell it. */
function watchFrom(response: ServerResponse, version: string | null): void {
  const deleted = lineOf("DELETED", thing("old", "15"));
  const added = lineOf("ADDED", AFTER);
  switch (version) {
    case "10":
      response.writeHead(200).write(deleted + added);
      return;
    case "15":
    case "":
      // Without a version the server shows what lives, and not what has gone.
      response.writeHead(200).write(added);
      return;
    case "20":
      response.writeHead(200).flushHeaders();
      return;
    default:
      response
        .writeHead(200)
        .end(lineOf("ERROR", { kind: "Status", code: 410, reason: "Expired" }));
  }
}

interface Watched extends AsyncDisposable {
  readonly server: FakeApiServer;
  readonly store: Store<KubeObject>;
  readonly keys: () => string[];
}

/** A reflector at work, and a server whose first watch says what the test wants. */
async function watching(
  first: (response: ServerResponse) => void,
  lists: readonly ((response: ServerResponse) => void)[] = [],
): Promise<Watched> {
  let watches = 0;
  let listed = 0;
  const server = await FakeApiServer.start((response, { query }) => {
    if (!query.has("watch")) {
      const usual = (): void => {
        const isFirst = listed === 1;
        answer(response, 200, isFirst ? listOf([BEFORE], "10") : listOf([AFTER], "20"));
      };
      (lists[listed++] ?? usual)(response);
    } else if ((watches += 1) === 1) first(response);
    else watchFrom(response, query.get("resourceVersion"));
  });
  const transport = new KubeTransport({ kubeConfig: server.kubeConfig, userAgent: "test" });
  const store = new Store<KubeObject>(() => undefined);
  const stopping = new AbortController();
  const reflector = new Reflector({
    client: new KubeClient(transport),
    transport,
    type: THINGS,
    store,
    log: () => undefined,
    timings: TIMINGS,
  });
  const running = reflector.run(stopping.signal);
  return {
    server,
    store,
    keys: () => [...store.list()].map(keyOf),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
      await transport.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const soon = { limitMs: 3_000 };
const version = fc.oneof(hostileJson, fc.constantFrom('""', '"0"', '"10"', '"999"', "null", "10"));
const almostEvent = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('"ADDED"', '"DELETED"', '"BOOKMARK"', '"ERROR"', '"Added"'),
      hostileJson,
    ),
    fc.oneof(
      hostileJson,
      version.map((json) => objectOf([["metadata", objectOf([["resourceVersion", json]])]])),
      fc.integer({ min: -1, max: 600 }).map((code) => JSON.stringify({ kind: "Status", code })),
    ),
  )
  .map(([type, object]) =>
    objectOf([
      ["type", type],
      ["object", object],
    ]),
  );
const line = fc.oneof(
  almostEvent,
  hostileJson,
  hostileText,
  fc.constantFrom("", "null", "{}", "[]", '{"type":"ADDED"}', deep(200_000), '{"type":"ADDED","ob'),
);
const stream = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: line.map((text) => Buffer.from(`${text}\n`)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => Buffer.concat(parts));

describe("a watch that says anything", () => {
  it(
    "is followed by the truth: what has gone leaves the store, what is new comes in",
    async () => {
      await fc.assert(
        fc.asyncProperty(stream, async (said) => {
          await using watched = await watching((response) => response.writeHead(200).end(said));
          const { keys, store } = watched;
          await until("the truth", () => store.get("n/new") !== undefined, soon);
          await until("nothing that has gone", () => store.get("n/old") === undefined, {
            ...soon,
            seen: () => ({ keys: keys(), said: said.toString() }),
          });
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it("never goes on from no version at all: that would hide what has gone since", async () => {
    const bookmark = lineOf("BOOKMARK", { metadata: { resourceVersion: "" } });
    await using watched = await watching((response) => response.writeHead(200).end(bookmark));
    await until("the truth", () => watched.store.get("n/new") !== undefined, soon);
    await until("nothing that has gone", () => watched.store.get("n/old") === undefined, soon);
  });

  it("leads to a new list after an ERROR event, whatever is in it", async () => {
    const said = lineOf("ERROR", { kind: "Status", code: 500, message: "\u001B[2J" });
    await using watched = await watching((response) => response.writeHead(200).end(said));
    await until("the new one", () => watched.store.get("n/new") !== undefined, soon);
    const lists = watched.server.calls.filter(({ query }) => !query.has("watch"));
    expect(lists).toHaveLength(2);
  });

  it("leads to a new list where the same line cannot be read again and again", async () => {
    await using watched = await watching((response) => response.writeHead(200).end("garbage\n"));
    const { server, store } = watched;
    const { handler } = server;
    server.handler = (response, call) => {
      const isStuck = call.query.has("watch") && call.query.get("resourceVersion") === "10";
      if (isStuck) response.writeHead(200).end("garbage\n");
      else handler(response, call);
    };
    await until("the new one", () => store.get("n/new") !== undefined, soon);
  });
});

describe("an answer that is no list", () => {
  const expired = (response: ServerResponse): void =>
    void response.writeHead(200).end(lineOf("ERROR", { kind: "Status", code: 410 }));
  const noList = fc.oneof(
    hostileJson,
    hostileText,
    fc.constantFrom(
      "{}",
      '{"metadata":{}}',
      '{"metadata":{"resourceVersion":"11"}}',
      '{"items":[],"metadata":{}}',
      '{"items":[],"metadata":{"resourceVersion":""}}',
      '{"items":[null],"metadata":{"resourceVersion":"11"}}',
      '{"items":[{}],"metadata":{"resourceVersion":"11"}}',
      '{"items":"","metadata":{"resourceVersion":"11"}}',
      '{"kind":"Status","status":"Success","metadata":{}}',
    ),
  );

  it(
    "takes nothing for gone; the truth is asked for again",
    async () => {
      await fc.assert(
        fc.asyncProperty(noList, async (text) => {
          const first = (response: ServerResponse): void =>
            answer(response, 200, listOf([BEFORE], "10"));
          const hostile = (response: ServerResponse): void =>
            void response.writeHead(200, { "content-type": "application/json" }).end(text);
          const last = (response: ServerResponse): void =>
            answer(response, 200, listOf([BEFORE, AFTER], "20"));
          await using watched = await watching(expired, [first, hostile, last]);
          const gone: string[] = [];
          watched.store.onChange((key, current) => {
            if (current === undefined) gone.push(key);
          });
          await until("the truth", () => watched.store.get("n/new") !== undefined, soon);
          expect(gone).toEqual([]);
          expect(watched.keys().toSorted()).toEqual(["n/new", "n/old"]);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it("is not read for ever where every page promises another", async () => {
    const endless = (response: ServerResponse): void =>
      answer(response, 200, { items: [], metadata: { resourceVersion: "10", continue: "more" } });
    await using watched = await watching(
      () => undefined,
      Array.from({ length: 10_000 }, () => endless),
    );
    const { server } = watched;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const tokens = server.calls.map(({ query }) => query.get("continue"));
    const repeats = tokens.filter((token, index) => token !== null && token === tokens[index - 1]);
    expect(repeats.length, "the same token again, with no word of it").toBeLessThan(100);
  });
});
