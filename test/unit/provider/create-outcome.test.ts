import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../../src/core/failure.ts";
import { ProviderError } from "../../../src/provider/errors.ts";
import { remoteStorages } from "../../../src/provider/hpc-park/storage.ts";
import type { HttpClientOptions } from "../../../src/provider/http.ts";
import { type Answer, AnsweringServer, cut, hang, json, raw, reset } from "./answering-server.ts";
import { clientOf, WRITE } from "./client.ts";

const CREATED = { id: 7, label: "data k8s-aaaaaaaaaaaa", state: "creating" };
const REFUSED = { detail: "no" };
const JSON_TYPE = { "content-type": "application/json" };

async function kindOfCreate(
  url: string,
  options: Partial<HttpClientOptions> = {},
): Promise<FailureKind | "done"> {
  using client = clientOf(url, { timeoutMs: 300, ...options });
  try {
    await remoteStorages(client.http).create({ label: "data" }, WRITE);
    return "done";
  } catch (error) {
    if (error instanceof ProviderError) return error.kind;
    throw error;
  }
}

/** Whether a second request may follow depends on this table alone. */
const ANSWERS: readonly [reason: string, answer: Answer, expected: FailureKind | "done"][] = [
  // done
  ["201 with the thing", json(201, CREATED), "done"],
  ["200 with the thing", json(200, CREATED), "done"],
  ["202 with the thing", json(202, CREATED), "done"],
  ["fields that nobody knows", json(201, { ...CREATED, more: [] }), "done"],
  [
    "a JSON type with a charset",
    raw(201, JSON.stringify(CREATED), { "content-type": "application/json; charset=utf-8" }),
    "done",
  ],
  // refused: nothing was made
  ["401 as documented", json(401, REFUSED), "unauthorized"],
  ["402 as documented", json(402, REFUSED), "quota"],
  ["403 as documented: quota", json(403, { detail: "Limit exceeded" }), "quota"],
  ["403 as documented: token", json(403, { detail: "Not authenticated" }), "unauthorized"],
  ["404 as documented", json(404, { detail: "Not Found" }), "invalid"],
  ["409 as documented", json(409, REFUSED), "conflict"],
  [
    "422 as documented",
    json(422, { detail: [{ loc: ["body", "label"], msg: "too long" }] }),
    "invalid",
  ],
  ["429 as documented", json(429, REFUSED), "rate-limited"],
  // undocumented refusals: a proxy may have written them after the request went through
  ["400, which the contract does not have", json(400, REFUSED), "unknown-outcome"],
  ["405", json(405, REFUSED), "unknown-outcome"],
  ["408, a proxy's timeout", json(408, REFUSED), "unknown-outcome"],
  ["418", json(418, REFUSED), "unknown-outcome"],
  ["401 of a proxy", raw(401, "<html>", { "content-type": "text/html" }), "unknown-outcome"],
  [
    "404 in plain text",
    raw(404, "404 page not found", { "content-type": "text/plain" }),
    "unknown-outcome",
  ],
  ["409 in plain text", raw(409, "conflict", { "content-type": "text/plain" }), "unknown-outcome"],
  ["422 without detail", json(422, { error: "no" }), "unknown-outcome"],
  [
    "422 with detail in plain text",
    raw(422, JSON.stringify(REFUSED), { "content-type": "text/plain" }),
    "unknown-outcome",
  ],
  ["422 whose detail is an object", json(422, { detail: {} }), "unknown-outcome"],
  ["422 whose detail is null", json(422, { detail: null }), "unknown-outcome"],
  ["409 with an empty body", raw(409, "", JSON_TYPE), "unknown-outcome"],
  ["429 without the documented body", raw(429, "slow down"), "unknown-outcome"],
  ["a JSON string", json(422, "detail"), "unknown-outcome"],
  ["a JSON list", json(422, [REFUSED]), "unknown-outcome"],
  // the server's troubles
  ["500", json(500, REFUSED), "unknown-outcome"],
  ["501", json(501, REFUSED), "unknown-outcome"],
  ["502", raw(502, "<html>bad gateway</html>", { "content-type": "text/html" }), "unknown-outcome"],
  ["503", json(503, REFUSED, { "retry-after": "0" }), "unknown-outcome"],
  ["504", raw(504, ""), "unknown-outcome"],
  ["302", raw(302, "", { location: "/v1/storage/" }), "unknown-outcome"],
  // a success that names no id
  ["201 without a body", raw(201, ""), "unknown-outcome"],
  ["204", raw(204, ""), "unknown-outcome"],
  ["201 with null", json(201, null), "unknown-outcome"],
  ["201 with a list", json(201, [CREATED]), "unknown-outcome"],
  [
    "201 that is not JSON",
    raw(201, "created", { "content-type": "text/plain" }),
    "unknown-outcome",
  ],
  ["201 with half a JSON", raw(201, '{"id": 7, "lab', JSON_TYPE), "unknown-outcome"],
  ["201 cut by the connection", cut(201, JSON.stringify(CREATED)), "unknown-outcome"],
  ["201 without an id", json(201, { ...CREATED, id: undefined }), "unknown-outcome"],
  ["201 with the id as text", json(201, { ...CREATED, id: "7" }), "unknown-outcome"],
  ["201 with id null", json(201, { ...CREATED, id: null }), "unknown-outcome"],
  ["201 with id 0", json(201, { ...CREATED, id: 0 }), "unknown-outcome"],
  ["201 with a negative id", json(201, { ...CREATED, id: -7 }), "unknown-outcome"],
  ["201 with a broken id", json(201, { ...CREATED, id: 7.5 }), "unknown-outcome"],
  [
    "201 with an id past 2^53",
    raw(201, '{"id":9007199254740993,"label":"a","state":"b"}', JSON_TYPE),
    "unknown-outcome",
  ],
  ["201 without a label", json(201, { ...CREATED, label: undefined }), "unknown-outcome"],
  ["201 without a state", json(201, { ...CREATED, state: null }), "unknown-outcome"],
  // no answer
  ["a reset before the answer", reset, "unknown-outcome"],
  [
    "a reset after the headers",
    (response) => {
      response.writeHead(201, { ...JSON_TYPE, "content-length": "100" });
      response.write("{", () => response.socket?.resetAndDestroy());
    },
    "unknown-outcome",
  ],
  ["silence", hang, "unknown-outcome"],
  [
    "silence after the headers",
    (response) => {
      response.writeHead(201, JSON_TYPE).flushHeaders();
    },
    "unknown-outcome",
  ],
  [
    "something that is not HTTP",
    (response) => {
      response.socket?.end("hello\r\n\r\n");
    },
    "unknown-outcome",
  ],
];

describe("the outcome of a create request", () => {
  it.each(ANSWERS)("%s", async (_, answer, expected) => {
    await using server = await AnsweringServer.start(answer);
    const kind = await kindOfCreate(server.url);
    expect(kind).toBe(expected);
    expect(server.received, "sent once, whatever came of it").toHaveLength(1);
  });

  it("is no create at all where nobody listens: the request never left", async () => {
    const server = await AnsweringServer.start();
    const { url } = server;
    await server[Symbol.asyncDispose]();
    expect(await kindOfCreate(url)).toBe("unavailable");
  });

  it("is no create at all where the name does not resolve", async () => {
    expect(await kindOfCreate("http://nowhere.invalid")).toBe("unavailable");
  });

  it("is no create at all without a token: nothing leaves", async () => {
    await using server = await AnsweringServer.start();
    const token = async (): Promise<string> => {
      throw new ProviderError("unauthorized", "no token");
    };
    expect(await kindOfCreate(server.url, { token })).toBe("unauthorized");
    expect(server.received).toEqual([]);
  });

  it("is no create at all where this process may not write any more: nothing leaves", async () => {
    await using server = await AnsweringServer.start();
    const guard = (): void => {
      throw new ProviderError("unavailable", "no longer the leader");
    };
    expect(await kindOfCreate(server.url, { guard })).toBe("unavailable");
    expect(server.received).toEqual([]);
  });
});
