import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ResourceType } from "../../../src/kube/kube-object.ts";
import { KubeTransport } from "../../../src/kube/transport.ts";
import { ClusterHistory } from "../../faults/cluster-history.ts";
import { until } from "../../until.ts";
import { answer, FakeApiServer, statusOf } from "../kube/fake-api-server.ts";

const THINGS: ResourceType = { group: "x.io", version: "v1", plural: "things", kind: "Thing" };
const PACE = { retryMs: 5, mostTries: 20 };

let server: FakeApiServer;
let transport: KubeTransport;
let history: ClusterHistory;
/** What the server does with each watch, in their order; the last is repeated. */
let watches: ((response: ServerResponse) => void)[];

beforeEach(async () => {
  let count = 0;
  watches = [open];
  server = await FakeApiServer.start((response, { query }) => {
    if (!query.has("watch")) return answer(response, 200, listOf("10"));
    const watch = watches[Math.min(count, watches.length - 1)] ?? open;
    count += 1;
    watch(response);
  });
  transport = new KubeTransport({ kubeConfig: server.kubeConfig, userAgent: "test" });
});
afterEach(async () => {
  history.stop();
  await transport.close();
  await server[Symbol.asyncDispose]();
});

async function record(): Promise<ClusterHistory> {
  history = await ClusterHistory.record(transport, [THINGS], "n", PACE);
  return history;
}

function listOf(resourceVersion: string): object {
  return { items: [thing("old", "7")], metadata: { resourceVersion } };
}

function thing(name: string, resourceVersion: string): object {
  return { metadata: { name, namespace: "n", uid: `uid-${name}`, resourceVersion } };
}

function line(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

function open(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
}

/** Sends these lines, and ends in order. */
function ending(...lines: readonly string[]): (response: ServerResponse) => void {
  return (response) => response.writeHead(200).end(lines.join(""));
}

function seen(): string[] {
  return history.revisions.map(
    ({ type, object }) => `${type} ${object.metadata.name} ${object.metadata.resourceVersion}`,
  );
}

function versionsAsked(): (string | null)[] {
  return server.calls
    .filter(({ query }) => query.has("watch"))
    .map(({ query }) => query.get("resourceVersion"));
}

function untilWatched(count: number): Promise<unknown> {
  return until(`watch ${count}`, () => versionsAsked().length >= count);
}

describe("the cluster's history", () => {
  it("begins with what is there, and watches from the list on", async () => {
    await record();

    expect(seen()).toEqual(["ADDED old 7"]);
    expect(versionsAsked()).toEqual(["10"]);
    expect(history.holes).toEqual([]);
  });

  it("goes on from where its watch has ended", async () => {
    watches = [
      ending(line("ADDED", thing("a", "11")), line("MODIFIED", thing("a", "12"))),
      (response) => {
        open(response);
        response.write(line("DELETED", thing("a", "13")));
      },
    ];
    await record();
    await until("the deletion was seen", () => seen().length === 4);

    expect(seen()).toEqual(["ADDED old 7", "ADDED a 11", "MODIFIED a 12", "DELETED a 13"]);
    expect(versionsAsked()).toEqual(["10", "12"]);
    expect(history.holes).toEqual([]);
  });

  it("knows by a bookmark how far it is, and records none", async () => {
    watches = [ending(line("BOOKMARK", { metadata: { resourceVersion: "40" } })), open];
    await record();
    await untilWatched(2);

    expect(versionsAsked()).toEqual(["10", "40"]);
    expect(seen()).toEqual(["ADDED old 7"]);
  });

  it("takes a line that was cut off from the next watch", async () => {
    const whole = line("ADDED", thing("a", "11"));
    watches = [ending(whole.slice(0, 20)), ending(whole), open];
    await record();
    await untilWatched(3);

    expect(seen()).toEqual(["ADDED old 7", "ADDED a 11"]);
    expect(versionsAsked()).toEqual(["10", "10", "11"]);
  });

  it("waits until the API server is back", async () => {
    const down = (response: ServerResponse): void => void response.destroy();
    const busy = (response: ServerResponse): void =>
      answer(response, 503, statusOf(503, "ServiceUnavailable"));
    watches = [ending(), down, busy, open];
    await record();
    await untilWatched(4);
    await until("it is whole again", () => history.holes.length === 0);

    expect(versionsAsked()).toEqual(["10", "10", "10", "10"]);
  });

  it.each<[how: string, watch: (response: ServerResponse) => void]>([
    ["an answer", (response) => answer(response, 410, statusOf(410, "Expired"))],
    ["an event", ending(line("ERROR", statusOf(410, "Expired")))],
  ])("has a hole where its version is too old, told by %s, and asks no more", async (_, watch) => {
    watches = [ending(line("ADDED", thing("a", "11"))), watch, open];
    await record();
    await untilWatched(2);
    await until("it is told", () => /version 11: 410/.test(history.holes.join("\n")));

    expect(history.holes).toHaveLength(1);
    expect(versionsAsked()).toEqual(["10", "11"]);
  });

  it("has a hole where no watch brings anything any more", async () => {
    watches = [ending()];
    await record();
    await until("it is told", () => /nothing 20 times/.test(history.holes.join("\n")));

    expect(versionsAsked()).toHaveLength(PACE.mostTries);
  });

  it("is not whole while its watch is not open", async () => {
    watches = [ending(), () => undefined];
    await record();
    await untilWatched(2);

    expect(history.holes).toEqual([expect.stringContaining("Thing is not open: it ended")]);
  });

  it("is whole again where it is started over, and keeps what it had", async () => {
    watches = [ending(line("ERROR", statusOf(410, "Expired"))), open];
    await record();
    await until("it has a hole", () => /410/.test(history.holes.join("\n")));
    await history.startOver();

    expect(seen()).toEqual(["ADDED old 7", "ADDED old 7"]);
    expect(history.holes).toEqual([]);
  });
});
