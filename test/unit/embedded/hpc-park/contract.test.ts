import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATIONS } from "../../../../src/embedded/hpc-park/operations.ts";
import { NO_DELAYS } from "../../../../src/embedded/hpc-park/settings.ts";
import { type Simulator, startSimulator } from "../../../../src/embedded/hpc-park/simulator.ts";
import { AnswerJudge, nodeOf } from "../simulator/answer-judge.ts";
import { INSTANCE, ParkClient, STORAGE } from "./park-client.ts";

let simulator: Simulator;
let client: ParkClient;
let judge: AnswerJudge;

beforeAll(async () => {
  simulator = await startSimulator({ timings: NO_DELAYS });
  client = new ParkClient(simulator, simulator.masterToken);
  judge = new AnswerJudge((await client.send("GET", "/openapi.json")).json);
});
afterAll(() => simulator.close());

describe("the contract", () => {
  it("has an operation of the simulator for each of its own, and no other", () => {
    const known = Object.keys(OPERATIONS).filter((key) => !key.includes("/v1/instance{id}/"));
    expect(known.toSorted()).toEqual(judge.operations().toSorted());
  });

  it("describes every answer", async () => {
    const storage = await client.thing("POST", "/v1/storage", STORAGE);
    const namespace = await client.thing("POST", "/v1/namespace", { label: "lab" });
    const wanted = {
      ...INSTANCE,
      storage_ids: [storage.id],
      namespace_id: namespace.id,
      ssh_support: true,
      ssh_key: "ssh-ed25519 AAAA",
    };
    const instance = await client.thing("POST", "/v1/instance", wanted);
    const token = { name: "ci", expires_at: "2030-01-01T00:00:00Z" };
    simulator.perform({ action: "add-invoice", amount: 10 });
    const dates = { date_from: "2026-01-01", date_to: "2026-12-31" };
    simulator.perform({ action: "add-prepaid", gpu_type: "A100", gpu_count: 8, ...dates });
    const requests: [string, string, string, unknown?][] = [
      ["GET", "/v1/instance", "/v1/instance"],
      ["POST", "/v1/instance", "/v1/instance", wanted],
      ["GET", "/v1/instance/{id}", `/v1/instance/${instance.id}`],
      ["PATCH", "/v1/instance/{id}/resources/", `/v1/instance/${instance.id}/resources/`, {}],
      ["PATCH", "/v1/instance/{id}/state/", `/v1/instance/${instance.id}/state/`, { state: "off" }],
      ["GET", "/v1/storage", "/v1/storage"],
      ["POST", "/v1/storage", "/v1/storage", STORAGE],
      ["GET", "/v1/storage/{id}", `/v1/storage/${storage.id}`],
      ["GET", "/v1/namespace", "/v1/namespace"],
      ["GET", "/v1/namespace/{id}", `/v1/namespace/${namespace.id}`],
      ["GET", "/v1/user", "/v1/user"],
      ["GET", "/v1/token", "/v1/token"],
      ["POST", "/v1/token", "/v1/token", token],
      ["GET", "/v1/limit", "/v1/limit"],
      ["GET", "/v1/billing", "/v1/billing?date_from=2026-01-01"],
      ["GET", "/v1/invoice", "/v1/invoice"],
      ["GET", "/v1/prepaid", "/v1/prepaid"],
    ];
    for (const [method, path, url, body] of requests) {
      const { status, text } = await client.send(method, url, body);
      expect(status, url).toBe(method === "POST" ? 201 : 200);
      expect(text, url).not.toBe("[]");
      const verdict = await judge.verdict(method, path, text);
      expect(verdict, `${method} ${url} answered ${text}`).toBe("described");
    }
  });
});

describe("a request that is not as the contract says", () => {
  it.each([
    ["a field is missing", { label: "x" }, { loc: ["body", "container_type"], type: "missing" }],
    [
      "a number comes as a string",
      { ...INSTANCE, gpu_count: "1" },
      { loc: ["body", "gpu_count"], type: "integer_type" },
    ],
    [
      "a number is too small",
      { ...INSTANCE, gpu_count: -1 },
      { loc: ["body", "gpu_count"], type: "greater_than_equal" },
    ],
    [
      "a list holds something else",
      { ...INSTANCE, storage_ids: [1, "2"] },
      { loc: ["body", "storage_ids", 1], type: "integer_type" },
    ],
    [
      "the catalogue does not know a name",
      { ...INSTANCE, gpu_type: "TPU" },
      { loc: ["body", "gpu_type"], msg: expect.stringContaining("'A100'") },
    ],
    [
      "SSH is wanted without a key",
      { ...INSTANCE, ssh_support: true },
      { loc: ["body", "ssh_key"] },
    ],
    ["there is no body", undefined, { loc: ["body"], type: "missing" }],
  ])("gets 422 where %s", async (_, body, mistake) => {
    const { status, json } = await client.send("POST", "/v1/instance", body);
    expect(status).toBe(422);
    expect(json).toMatchObject({
      detail: expect.arrayContaining([expect.objectContaining(mistake)]),
    });
  });

  it("gets 422 where the body is no JSON, or is not called JSON", async () => {
    const url = `${simulator.url}/v1/instance`;
    const authorization = `Bearer ${simulator.token}`;
    const send = async (type: string, body: string): Promise<number> => {
      const headers = { authorization, "content-type": type };
      return (await fetch(url, { method: "POST", headers, body })).status;
    };
    expect(await send("application/json", "{")).toBe(422);
    expect(await send("text/plain", JSON.stringify(INSTANCE))).toBe(422);
    expect(await send("application/json; charset=utf-8", JSON.stringify(INSTANCE))).toBe(201);
  });

  it.each([
    ["no header", undefined, 403, "Not authenticated"],
    ["another scheme", "Basic eA==", 403, "Invalid authentication credentials"],
    ["an unknown token", "Bearer nobody", 401, "Invalid token"],
  ])("gets its due with %s, whatever its body", async (_, authorization, status, detail) => {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (authorization !== undefined) headers["authorization"] = authorization;
    const response = await fetch(`${simulator.url}/v1/instance`, {
      method: "POST",
      headers,
      body: "{}",
    });
    expect([response.status, await response.json()]).toEqual([status, { detail }]);
  });

  it.each([
    ["GET", "/v1/instance/", "/v1/instance"],
    ["GET", "/v1/storage/?x=1", "/v1/storage?x=1"],
    ["DELETE", "/v1/instance/7/", "/v1/instance/7"],
    ["PATCH", "/v1/instance/7/state", "/v1/instance/7/state/"],
    ["PATCH", "/v1/instance/7/resources", "/v1/instance/7/resources/"],
  ])("%s %s is sent to %s", async (method, path, location) => {
    const { status, headers } = await client.send(method, path);
    expect([status, headers.get("location")]).toEqual([307, `${simulator.url}${location}`]);
  });

  it("gets 404 for an unknown path, 405 for a method, 422 for an id that is no number", async () => {
    const { status, json } = await client.send("GET", "/v2/instance");
    expect([status, json]).toEqual([404, { detail: "Not Found" }]);
    expect(await client.status("PUT", "/v1/instance")).toBe(405);
    expect(await client.status("GET", "/v1/instance/seven")).toBe(422);
  });
});

describe("the state path", () => {
  const FORMS = {
    slash: "/v1/instance/{id}/state/",
    "no-slash": "/v1/instance{id}/state/",
  } as const;

  it.each([
    ["slash", "no-slash"],
    ["no-slash", "slash"],
  ] as const)("in the form %s is described, and it alone works", async (live, other) => {
    const { id } = await client.thing("POST", "/v1/instance", INSTANCE);
    simulator.perform({ action: "set-state-path", statePath: live });
    const { json } = await client.send("GET", "/openapi.json");
    const { paths } = nodeOf(json);
    expect(paths).toHaveProperty([FORMS[live]]);
    expect(paths).not.toHaveProperty([FORMS[other]]);
    const patch = (form: string): Promise<number> =>
      client.status("PATCH", form.replace("{id}", String(id)), { state: "off" });
    expect(await patch(FORMS[live])).toBe(200);
    expect(await patch(FORMS[other])).toBe(404);
    simulator.perform({ action: "set-state-path", statePath: "slash" });
  });
});
