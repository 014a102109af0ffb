import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { ProviderError } from "../../../src/provider/errors.ts";
import type { HttpRequest } from "../../../src/provider/http-exchange.ts";
import { AnsweringServer, cut, hang, json, raw, reset } from "./answering-server.ts";
import { clientOf, TOKEN } from "./client.ts";

const SIGNAL = new AbortController().signal;
const GET: HttpRequest = { method: "GET", path: "/things", operation: "list", lane: "observe" };
const POST: HttpRequest = {
  method: "POST",
  path: "/things",
  operation: "create thing",
  lane: "create",
  json: { label: "a" },
  isCreate: true,
};
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

describe("HttpClient", () => {
  it("sends method, path, body and token, and returns the parsed answer", async () => {
    await using server = await AnsweringServer.start(json(201, { id: 1 }));
    using client = clientOf(server.url);

    const answer = await client.http.request(POST, SIGNAL);

    expect(answer).toEqual({ id: 1 });
    expect(server.received).toEqual([
      { method: "POST", path: "/things", authorization: `Bearer ${TOKEN}`, body: '{"label":"a"}' },
    ]);
    expect(client.outcomes).toMatchObject([{ operation: "create thing", code: "201" }]);
  });

  it.each([
    ["503", json(503, {}, { "retry-after": "0" })],
    ["429", json(429, { detail: "slow" }, { "retry-after": "0" })],
    ["408", json(408, {})],
    ["a reset", reset],
    ["a cut body", cut(200, "[")],
    ["silence", hang],
  ])("sends every request once, also after %s", async (_, answer) => {
    await using server = await AnsweringServer.start(answer);
    using client = clientOf(server.url, { timeoutMs: 200 });
    for (const method of METHODS) {
      const sent = client.http.request({ ...GET, method, isCreate: method === "POST" }, SIGNAL);
      await expect(sent).rejects.toBeInstanceOf(ProviderError);
    }
    expect(server.received.map(({ method }) => method)).toEqual(METHODS);
  });

  it.each([
    ["silence", hang, "ETIMEDOUT", "no answer in time"],
    ["a reset", reset, "ECONNRESET", "the connection was cut"],
  ])("calls %s unavailable where nothing was to be made", async (_, answer, code, says) => {
    await using server = await AnsweringServer.start(answer);
    using client = clientOf(server.url, { timeoutMs: 200 });
    await expect(client.http.request(GET, SIGNAL)).rejects.toMatchObject({
      kind: "unavailable",
      message: `list: ${says}`,
    });
    expect(client.outcomes).toMatchObject([{ code }]);
  });

  it("never takes a cut list for a list", async () => {
    await using server = await AnsweringServer.start(cut(200, "[]"));
    using client = clientOf(server.url);
    await expect(client.http.request(GET, SIGNAL)).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("asks the guard last before a write, and not before a read", async () => {
    await using server = await AnsweringServer.start(json(200, {}));
    const guard = vi.fn<() => void>();
    using client = clientOf(server.url, { guard });
    await client.http.request(GET, SIGNAL);
    expect(guard).not.toHaveBeenCalled();
    for (const method of METHODS.slice(1)) await client.http.request({ ...GET, method }, SIGNAL);
    expect(guard).toHaveBeenCalledTimes(4);
  });

  it("sends nothing that changes something where the guard throws, and tells its words", async () => {
    await using server = await AnsweringServer.start(json(200, {}));
    const refusal = new ProviderError("unavailable", "no longer the leader");
    using client = clientOf(server.url, {
      guard: () => {
        throw refusal;
      },
    });
    for (const method of METHODS.slice(1)) {
      await expect(client.http.request({ ...GET, method }, SIGNAL)).rejects.toBe(refusal);
    }
    expect(server.received).toEqual([]);
  });

  it("asks the guard when the connection stands, not when the request sets out", async () => {
    await using server = await AnsweringServer.start(json(200, {}));
    let isAllowed = true;
    const asked: boolean[] = [];
    using client = clientOf(server.url, {
      guard: () => {
        asked.push(isAllowed);
        if (!isAllowed) throw new ProviderError("unavailable", "no longer the leader");
      },
    });
    const sent = client.http.request(POST, SIGNAL);
    // The socket connects in a later turn.
    await Promise.resolve();
    isAllowed = false;
    await expect(sent).rejects.toThrow("no longer the leader");
    expect(asked).toEqual([false]);
    expect(server.received).toEqual([]);
  });

  it("asks the precondition once the token is known, and sends nothing where it rejects", async () => {
    await using server = await AnsweringServer.start(json(200, {}));
    using client = clientOf(server.url);
    const seen: (string | undefined)[] = [];
    const refusal = new Error("not any more");
    const precondition = (): Promise<void> => {
      seen.push(client.http.credential);
      return Promise.reject(refusal);
    };
    expect(client.http.credential).toBeUndefined();
    await expect(client.http.request(POST, SIGNAL, precondition)).rejects.toBe(refusal);
    expect(seen).toEqual([expect.stringMatching(/^\?\/[0-9a-f]{12}$/)]);
    expect(server.received).toEqual([]);
  });

  it("tells one token from another, and never tells a token", async () => {
    await using server = await AnsweringServer.start(json(200, {}));
    const tokens = [TOKEN, TOKEN, `${TOKEN}2`];
    using client = clientOf(server.url, { token: async () => tokens.shift() ?? "" });
    const fingerprints: (string | undefined)[] = [];
    for (const _ of [1, 2, 3]) {
      await client.http.request(GET, SIGNAL);
      fingerprints.push(client.http.credential);
    }
    const [first, again, other] = fingerprints;
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(TOKEN).not.toContain(first);
  });

  it.each(["", "/"])("keeps the path of the account's URL (ending in %j)", async (slash) => {
    await using server = await AnsweringServer.start(json(200, {}));
    using client = clientOf(`${server.url}/park${slash}`);
    await client.http.request(GET, SIGNAL);
    expect(server.received).toMatchObject([{ path: "/park/things" }]);
  });

  it("does not start what is aborted while it waits", async () => {
    await using server = await AnsweringServer.start();
    using client = clientOf(server.url);
    client.lanes.pause(60_000);
    const stop = new AbortController();
    const sent = client.http.request(POST, stop.signal);
    stop.abort(new Error("stopping"));
    await expect(sent).rejects.toThrow("stopping");
    expect(server.received).toEqual([]);
  });

  it("does not cut a request short that is on its way", async () => {
    const stop = new AbortController();
    await using server = await AnsweringServer.start((response, received) => {
      stop.abort(new Error("stopping"));
      json(201, { id: 1 })(response, received);
    });
    using client = clientOf(server.url);
    await expect(client.http.request(POST, stop.signal)).resolves.toEqual({ id: 1 });
  });

  it.each([
    ["as it comes", {}, (body: string) => body],
    ["compressed", { "content-encoding": "gzip" }, (body: string) => gzipSync(body)],
  ])("gives up on an answer without end, %s", async (_, headers, encode) => {
    const chunk = " ".repeat(1024 * 1024);
    await using server = await AnsweringServer.start((response) => {
      response.writeHead(200, { "content-type": "application/json", ...headers });
      response.end(encode(`[${chunk.repeat(66)}]`));
    });
    using client = clientOf(server.url);
    await expect(client.http.request(GET, SIGNAL)).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("reads a large answer that is within the limit", async () => {
    await using server = await AnsweringServer.start(
      raw(200, `[${" ".repeat(7_000_000)}]`, { "content-type": "application/json" }),
    );
    using client = clientOf(server.url);
    await expect(client.http.request(GET, SIGNAL)).resolves.toEqual([]);
  });
});

describe("HttpClient on a 307", () => {
  it("follows once to the same origin, with method, body and token", async () => {
    await using server = await AnsweringServer.start((response, received) =>
      received.path === "/things"
        ? raw(307, "", { location: "/things/" })(response, received)
        : json(201, { id: 1 })(response, received),
    );
    using client = clientOf(server.url);
    await expect(client.http.request(POST, SIGNAL)).resolves.toEqual({ id: 1 });
    expect(server.received).toMatchObject([
      { path: "/things" },
      { path: "/things/", method: "POST", body: '{"label":"a"}', authorization: `Bearer ${TOKEN}` },
    ]);
  });

  it("asks the guard again before the second request", async () => {
    await using server = await AnsweringServer.start(raw(307, "", { location: "/things/" }));
    const guard = vi.fn<() => void>();
    using client = clientOf(server.url, { guard });
    await expect(client.http.request(POST, SIGNAL)).rejects.toBeInstanceOf(ProviderError);
    expect(guard).toHaveBeenCalledTimes(2);
  });

  it("does not go round in circles", async () => {
    await using server = await AnsweringServer.start(raw(307, "", { location: "/things" }));
    using client = clientOf(server.url);
    await expect(client.http.request(GET, SIGNAL)).rejects.toMatchObject({ kind: "unavailable" });
    expect(server.received).toHaveLength(2);
  });

  it.each(["GET", "POST"] as const)(
    "sends no %s and no token to another origin",
    async (method) => {
      await using thief = await AnsweringServer.start(json(200, []));
      await using server = await AnsweringServer.start(
        raw(307, "", { location: `${thief.url}/things` }),
      );
      using client = clientOf(server.url);
      const sent = client.http.request({ ...POST, method, isCreate: method === "POST" }, SIGNAL);
      await expect(sent).rejects.toMatchObject({
        kind: method === "POST" ? "unknown-outcome" : "unavailable",
      });
      expect(thief.received).toEqual([]);
    },
  );

  it.each([301, 302, 303, 308])("does not follow a %d", async (status) => {
    await using server = await AnsweringServer.start(raw(status, "", { location: "/things/" }));
    using client = clientOf(server.url);
    await expect(client.http.request(GET, SIGNAL)).rejects.toMatchObject({ kind: "unavailable" });
    expect(server.received).toHaveLength(1);
  });

  it("survives a Location that is no URL", async () => {
    await using server = await AnsweringServer.start(raw(307, "", { location: "http://[" }));
    using client = clientOf(server.url);
    await expect(client.http.request(POST, SIGNAL)).rejects.toMatchObject({
      kind: "unknown-outcome",
    });
  });
});

describe("HttpClient on a 429", () => {
  it("pauses the whole account", async () => {
    await using server = await AnsweringServer.start(
      json(429, { detail: "slow" }, { "retry-after": "60" }),
    );
    using client = clientOf(server.url);
    await expect(client.http.request(GET, SIGNAL)).rejects.toMatchObject({
      kind: "rate-limited",
      retryAfterMs: 60_000,
    });

    const stop = new AbortController();
    const waiting = client.http.request(POST, stop.signal);
    expect(client.lanes.size).toBe(1);
    stop.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect(server.received).toHaveLength(1);
  });

  it("pauses it also where the 429 is a proxy's", async () => {
    await using server = await AnsweringServer.start(
      raw(429, "slow down", { "retry-after": "60" }),
    );
    using client = clientOf(server.url);
    await expect(client.http.request(POST, SIGNAL)).rejects.toMatchObject({
      kind: "unknown-outcome",
    });
    const stop = new AbortController();
    const waiting = client.http.request(GET, stop.signal);
    expect(client.lanes.size).toBe(1);
    stop.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  });
});
