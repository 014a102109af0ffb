import { describe, expect, it } from "vitest";
import { remoteStorages } from "../../../../src/provider/hpc-park/storage.ts";
import { type Answer, AnsweringServer, cut, json, raw } from "../answering-server.ts";
import { clientOf, WRITE } from "../client.ts";

const { signal } = new AbortController();
const REMOTE = { id: 3, label: "data", state: "ready" };
const NOT_FOUND = json(404, { detail: "Not Found" });
const PLAIN_404 = raw(404, "404 page not found", { "content-type": "text/plain" });
const JSON_TYPE = { "content-type": "application/json" };

type Remote = ReturnType<typeof remoteStorages>;

async function asked<Result>(answer: Answer, ask: (remote: Remote) => Promise<Result>) {
  await using server = await AnsweringServer.start(answer);
  using client = clientOf(server.url);
  const result = await ask(remoteStorages(client.http));
  return { result, received: server.received };
}

describe("list", () => {
  const list = (remote: Remote) => remote.list(signal);

  it("is one GET", async () => {
    const { result, received } = await asked(json(200, [REMOTE]), list);
    expect(result).toMatchObject([{ id: "3" }]);
    expect(received).toMatchObject([{ method: "GET", path: "/v1/storage" }]);
  });

  it("may be empty", async () => {
    expect((await asked(json(200, []), list)).result).toEqual([]);
  });

  it.each<[string, Answer]>([
    ["an empty body", raw(200, "")],
    ["null", json(200, null)],
    ["a page of a longer list", json(200, { items: [REMOTE], next: "x" })],
    ["a cut list", cut(200, JSON.stringify([REMOTE]))],
    ["half a list", raw(200, JSON.stringify([REMOTE]).slice(0, -3), JSON_TYPE)],
    ["one entry without an id", json(200, [REMOTE, { ...REMOTE, id: undefined }])],
    ["one entry without a state", json(200, [REMOTE, { ...REMOTE, id: 4, state: null }])],
    ["an id past 2^53", raw(200, '[{"id":9007199254740993,"label":"a","state":"b"}]', JSON_TYPE)],
    ["a login page", raw(200, "<html>", { "content-type": "text/html" })],
    ["404", NOT_FOUND],
    ["204", raw(204, "")],
  ])("is an error, never a short list, where the answer is %s", async (_, answer) => {
    await expect(asked(answer, list)).rejects.toMatchObject({ kind: "unavailable" });
  });
});

describe("get", () => {
  const get = (remote: Remote) => remote.get("3", signal);

  it("is one GET", async () => {
    const { result, received } = await asked(json(200, REMOTE), get);
    expect(result).toMatchObject({ id: "3" });
    expect(received).toMatchObject([{ method: "GET", path: "/v1/storage/3" }]);
  });

  it("finds nothing only where the documented 404 says so", async () => {
    expect((await asked(NOT_FOUND, get)).result).toBeUndefined();
  });

  it.each<[string, Answer]>([
    ["404 in plain text", PLAIN_404],
    ["410", json(410, { detail: "gone" })],
    ["an empty 200", raw(200, "")],
    ["null", json(200, null)],
  ])("doubts %s", async (_, answer) => {
    await expect(asked(answer, get)).rejects.toMatchObject({ kind: "unavailable" });
  });
});

describe("remove", () => {
  const remove = (remote: Remote) => remote.remove("3", WRITE);

  it.each<[string, Answer, boolean]>([
    ["204", raw(204, ""), true],
    ["200 with the thing", json(200, REMOTE), true],
    ["200 with null", json(200, null), true],
    ["202 without a body", raw(202, ""), true],
    ["the documented 404", NOT_FOUND, false],
  ])("was accepted with %s", async (_, answer, expected) => {
    const { result, received } = await asked(answer, remove);
    expect(result).toBe(expected);
    expect(received).toMatchObject([{ method: "DELETE", path: "/v1/storage/3", body: "" }]);
  });

  it.each<[string, Answer, string]>([
    ["409 while it is in use", json(409, { detail: "in use" }), "conflict"],
    ["404 in plain text", PLAIN_404, "unavailable"],
    ["401", json(401, { detail: "expired" }), "unauthorized"],
    ["500", json(500, { detail: "oops" }), "unavailable"],
  ])("was not accepted with %s", async (_, answer, kind) => {
    await expect(asked(answer, remove)).rejects.toMatchObject({ kind });
  });
});

describe("change", () => {
  const grow = (remote: Remote) => remote.change("3", "resources", { sizeGb: 200 }, WRITE);

  it("is one PATCH", async () => {
    const { received } = await asked(json(200, REMOTE), grow);
    expect(received).toMatchObject([
      { method: "PATCH", path: "/v1/storage/3/resources/", body: '{"size_gb":200}' },
    ]);
  });

  it("does not take a missing thing for a changed one", async () => {
    await expect(asked(NOT_FOUND, grow)).rejects.toMatchObject({ kind: "unavailable" });
  });
});
