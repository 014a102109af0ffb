import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ContractChanges } from "../../../../src/embedded/hpc-park/contract-changes.ts";
import { NO_DELAYS, SECTIONS } from "../../../../src/embedded/hpc-park/settings.ts";
import { type Simulator, startSimulator } from "../../../../src/embedded/hpc-park/simulator.ts";
import { AnswerJudge, nodeOf } from "../simulator/answer-judge.ts";
import { INSTANCE, ParkClient, STORAGE } from "./park-client.ts";

let simulator: Simulator;
let client: ParkClient;

beforeEach(async () => {
  simulator = await startSimulator({ timings: NO_DELAYS });
  client = new ParkClient(simulator, simulator.masterToken);
});
afterEach(() => simulator.close());

const change = (changes: ContractChanges): void => {
  simulator.perform({ action: "set-contract", ...changes });
};
const describeLive = async () => (await client.send("GET", "/openapi.json")).json;
const schemas = async () => nodeOf(nodeOf(nodeOf(await describeLive())["components"])["schemas"]);
const reasons = async (path: string, body: unknown): Promise<unknown> => {
  const { json } = await client.send("POST", path, body);
  return nodeOf(json)["detail"];
};

describe("a section that is missing", () => {
  it.each(SECTIONS)("%s is neither described nor there, and all others are", async (section) => {
    const before = new AnswerJudge(await describeLive()).operations();
    change({ missing: [section] });
    const after = new AnswerJudge(await describeLive()).operations();
    const isOf = (operation: string): boolean => operation.includes(` /v1/${section}`);
    expect(after).toEqual(before.filter((operation) => !isOf(operation)));
    expect(nodeOf(await describeLive())["tags"]).toHaveLength(SECTIONS.length - 1);
    const stranger = new ParkClient(simulator, null);
    const gone = await stranger.send("GET", `/v1/${section}`);
    expect([gone.status, gone.json]).toEqual([404, { detail: "Not Found" }]);
    expect(await client.status("GET", `/v1/${section}/`)).toBe(404);
    const there = SECTIONS.find((name) => name !== section);
    expect(await client.status("GET", `/v1/${there}`)).toBe(200);
    change({});
    expect(await client.status("GET", `/v1/${section}`)).toBe(200);
  });
});

describe("required fields", () => {
  it("may be more: a request without them gets 422", async () => {
    change({ required: { InstanceCreate: [...Object.keys(INSTANCE), "namespace_id"] } });
    expect(await schemas()).toMatchObject({
      InstanceCreate: { required: [...Object.keys(INSTANCE), "namespace_id"] },
    });
    expect(await reasons("/v1/instance", INSTANCE)).toEqual([
      { loc: ["body", "namespace_id"], msg: "Field required", type: "missing" },
    ]);
    expect(await client.status("POST", "/v1/instance", { ...INSTANCE, namespace_id: null })).toBe(
      201,
    );
  });

  it("may be such as nobody has heard of", async () => {
    change({ required: { StorageCreate: [...Object.keys(STORAGE), "project"] } });
    expect(await reasons("/v1/storage", STORAGE)).toMatchObject([{ loc: ["body", "project"] }]);
    const unfit = { ...STORAGE, project: 1 };
    expect(await reasons("/v1/storage", unfit)).toMatchObject([{ type: "string_type" }]);
    expect(await client.status("POST", "/v1/storage", { ...STORAGE, project: "x" })).toBe(201);
  });

  it("may be fewer: the service then has a value of its own", async () => {
    change({ required: { InstanceCreate: ["label"], StorageCreate: [], TokenCreate: ["name"] } });
    expect(await client.thing("POST", "/v1/instance", { label: "x" })).toMatchObject({
      gpu_type: "A100",
      gpu_count: 1,
      tariff_type: "hourly",
    });
    expect(await client.thing("POST", "/v1/storage", {})).toMatchObject({ size_gb: 10 });
    const token = await client.thing("POST", "/v1/token", { name: "ci" });
    expect(Date.parse(String(token["expires_at"]))).toBeGreaterThan(Date.now());
    change({});
    expect(await client.status("POST", "/v1/instance", { label: "x" })).toBe(422);
  });
});

describe("renamed fields", () => {
  it("are described, asked for and answered under the other name", async () => {
    change({
      renamed: {
        InstanceCreate: { gpu_type: "gpu_model" },
        Instance: { gpu_type: "gpu_model", state: "status" },
        Token: { expires_at: "expires" },
      },
    });
    const { gpu_type: gpuModel, ...others } = INSTANCE;
    expect(await schemas()).toMatchObject({
      InstanceCreate: { required: expect.arrayContaining(["gpu_model"]) },
      Instance: { required: ["id", "label", "status"], properties: { status: { type: "string" } } },
    });
    expect(await reasons("/v1/instance", INSTANCE)).toMatchObject([{ loc: ["body", "gpu_model"] }]);
    const wanted = { ...others, gpu_model: gpuModel };
    const made = await client.thing("POST", "/v1/instance", wanted);
    expect(made).toMatchObject({ gpu_model: "A100", status: "on" });
    expect(made).not.toHaveProperty("gpu_type");
    expect(made).not.toHaveProperty("state");
    expect(await client.list("/v1/instance")).toEqual([made]);
    const token = { name: "ci", expires_at: "2030-01-01T00:00:00Z" };
    expect(await client.thing("POST", "/v1/token", token)).toHaveProperty("expires");
  });

  it("under the contract's own name are like any that nobody knows", async () => {
    change({ renamed: { InstanceResourcesPatch: { gpu_count: "gpus" } } });
    const { id } = await client.thing("POST", "/v1/instance", INSTANCE);
    const path = `/v1/instance/${id}/resources/`;
    expect(await client.thing("PATCH", path, { gpu_count: 4 })).toMatchObject({ gpu_count: 1 });
    expect(await client.thing("PATCH", path, { gpus: 4 })).toMatchObject({ gpu_count: 4 });
  });

  it("leave refusals as they are", async () => {
    change({ renamed: { Instance: { detail: "reason" } } });
    const { json } = await client.send("GET", "/v1/instance/5");
    expect(json).toEqual({ detail: "Not Found" });
  });
});

describe("the catalogue", () => {
  const LISTS = {
    gpuTypes: ["B200"],
    containerTypes: ["pytorch", "vllm"],
    tariffTypes: ["hourly"],
    storageTypes: ["ceph"],
  };
  const B200 = { ...INSTANCE, gpu_type: "B200" };

  it.each(["inline", "by-reference"] as const)(
    "is described %s, and what it has not is refused",
    async (names) => {
      change({ names });
      expect(JSON.stringify(await schemas())).toContain('"enum":["A100","H100"');
      simulator.perform({ action: "set-catalogue", ...LISTS });
      const inline = { properties: { gpu_type: { type: "string", enum: ["B200"] } } };
      const referred = { properties: { gpu_type: { $ref: "#/components/schemas/GpuType" } } };
      const live = await schemas();
      const expected = names === "inline" ? inline : referred;
      expect(live).toMatchObject({ InstanceCreate: expected, InstanceResourcesPatch: expected });
      if (names === "by-reference") {
        expect(live).toMatchObject({
          GpuType: { type: "string", enum: ["B200"] },
          ContainerType: { enum: LISTS.containerTypes },
          TariffType: { enum: LISTS.tariffTypes },
          StorageType: { enum: LISTS.storageTypes },
        });
      }
      expect(await reasons("/v1/instance", INSTANCE)).toEqual([
        { loc: ["body", "gpu_type"], msg: "Input should be one of 'B200'", type: "enum" },
      ]);
      expect(await client.status("POST", "/v1/instance", B200)).toBe(201);
      expect(await client.status("POST", "/v1/storage", STORAGE)).toBe(422);
      const ceph = { ...STORAGE, storage_type: "ceph" };
      expect(await client.status("POST", "/v1/storage", ceph)).toBe(201);
    },
  );

  it("holds where it is not described as well", async () => {
    simulator.perform({ action: "set-catalogue", ...LISTS });
    expect(await schemas()).toMatchObject({
      InstanceCreate: { properties: { gpu_type: { type: "string" } } },
    });
    expect(JSON.stringify(await schemas())).not.toContain("B200");
    expect(await client.status("POST", "/v1/instance", INSTANCE)).toBe(422);
    expect(await client.status("POST", "/v1/instance", B200)).toBe(201);
    expect(await client.list("/v1/limit")).toContainEqual({
      resource: "gpu:B200",
      used: 1,
      limit: null,
    });
  });

  it("keeps the lists that are not spoken of, and things under names that are gone", async () => {
    const { id } = await client.thing("POST", "/v1/instance", INSTANCE);
    change({ names: "inline" });
    simulator.perform({ action: "set-catalogue", gpuTypes: ["B200"] });
    expect(await client.thing("GET", `/v1/instance/${id}`)).toMatchObject({ gpu_type: "A100" });
    expect(await client.status("POST", "/v1/storage", STORAGE)).toBe(201);
  });
});

describe("lists that come in pages", () => {
  const LISTS = ["instance", "storage", "namespace", "token", "limit", "invoice", "prepaid"];

  it("are described and answered so by each list, and by nothing else", async () => {
    await client.thing("POST", "/v1/instance", INSTANCE);
    await client.thing("POST", "/v1/storage", STORAGE);
    await client.thing("POST", "/v1/namespace", { label: "lab" });
    simulator.perform({ action: "add-invoice", amount: 1 });
    const dates = { date_from: "2026-01-01", date_to: "2026-12-31" };
    simulator.perform({ action: "add-prepaid", gpu_type: "A100", gpu_count: 1, ...dates });
    change({ pages: { size: 1 } });
    const judge = new AnswerJudge(await describeLive());
    for (const section of LISTS) {
      const path = `/v1/${section}`;
      const { text, json } = await client.send("GET", path);
      expect(json, path).toMatchObject({ items: [{}], page: 1, size: 1 });
      expect(judge.schema("GET", path), path).toMatchObject({
        required: ["items", "total", "page", "size", "pages"],
      });
      expect(await judge.verdict("GET", path, text), text).toBe("described");
    }
    expect(await client.thing("GET", "/v1/billing")).toHaveProperty("items.0.entity");
    expect(await client.thing("GET", "/v1/user")).not.toHaveProperty("items");
  });

  it("give each item once to who follows them to the end", async () => {
    for (const label of ["a", "b", "c", "d", "e"]) {
      await client.thing("POST", "/v1/namespace", { label });
    }
    change({ pages: { size: 2 } });
    const labels: unknown[] = [];
    let path: unknown = "/v1/namespace";
    while (typeof path === "string") {
      const page = nodeOf((await client.send("GET", path)).json);
      expect(page).toMatchObject({ total: 5, pages: 3, size: 2 });
      labels.push(page["items"]);
      path = page["next"];
    }
    expect(labels).toMatchObject([
      [{ label: "a" }, { label: "b" }],
      [{ label: "c" }, { label: "d" }],
      [{ label: "e" }],
    ]);
    const beyond = await client.thing("GET", "/v1/namespace?page=4");
    expect(beyond).toMatchObject({ items: [], page: 4, next: null });
    const whole = await client.thing("GET", "/v1/namespace?size=100");
    expect(whole).toMatchObject({ pages: 1, next: null });
  });

  it.each(["page=0", "page=x", "size=0", "size=101"])("refuse %s", async (query) => {
    change({ pages: {} });
    const { status, json } = await client.send("GET", `/v1/instance?${query}`);
    const [name] = query.split("=", 1);
    expect(status).toBe(422);
    expect(json).toMatchObject({ detail: [{ loc: ["query", name] }] });
  });

  it("hold fifty items where nobody says otherwise", async () => {
    for (let index = 0; index < 51; index += 1) {
      simulator.perform({ action: "create-namespace", label: `n${index}` });
    }
    expect(await client.list("/v1/namespace")).toHaveLength(51);
    change({ pages: {} });
    const page = await client.thing("GET", "/v1/namespace");
    expect(page).toMatchObject({ total: 51, pages: 2, next: "/v1/namespace?page=2&size=50" });
    expect(page["items"]).toHaveLength(50);
  });

  it("miss what a rule leaves out", async () => {
    const { id } = await client.thing("POST", "/v1/instance", INSTANCE);
    await client.thing("POST", "/v1/instance", INSTANCE);
    change({ pages: {}, renamed: { Instance: { id: "number" } } });
    simulator.faults.add({ effect: { kind: "partial-list", ids: [id] } });
    expect(await client.thing("GET", "/v1/instance")).toMatchObject({
      items: [{ number: id + 1 }],
      total: 1,
    });
  });
});

describe("changes of the contract", () => {
  it("come together, with the state path, and go together", async () => {
    const before = await describeLive();
    simulator.perform({ action: "set-state-path", statePath: "no-slash" });
    change({
      missing: ["prepaid"],
      required: { InstanceCreate: ["label"] },
      renamed: { InstanceCreate: { label: "name" } },
      names: "by-reference",
      pages: {},
    });
    const live = nodeOf(await describeLive());
    expect(live["paths"]).toHaveProperty(["/v1/instance{id}/state/"]);
    expect(live["paths"]).not.toHaveProperty(["/v1/prepaid"]);
    const { id } = await client.thing("POST", "/v1/instance", { name: "x" });
    const off = { state: "off" };
    expect(await client.status("PATCH", `/v1/instance${id}/state/`, off)).toBe(200);
    change({});
    simulator.perform({ action: "set-state-path", statePath: "slash" });
    expect(await describeLive()).toEqual(before);
  });

  it("can be there from the start", async () => {
    const changed = await startSimulator({ contractChanges: { missing: ["billing"] } });
    expect(await new ParkClient(changed).status("GET", "/v1/billing")).toBe(404);
    await changed.close();
  });

  it.each([
    [{ missing: ["gpu"] }],
    [{ required: { Instances: [] } }],
    [{ pages: { size: 0 } }],
    [{ names: "somehow" }],
  ])("such as %o are refused", async (changes) => {
    const action = { action: "set-contract", ...changes };
    expect(await client.status("POST", "/_control/panel", action)).toBe(422);
  });
});
