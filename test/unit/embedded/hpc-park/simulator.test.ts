import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NO_DELAYS } from "../../../../src/embedded/hpc-park/settings.ts";
import { type Simulator, startSimulator } from "../../../../src/embedded/hpc-park/simulator.ts";
import { HandClock, INSTANCE, ParkClient, STORAGE } from "./park-client.ts";

const TIMINGS = { createMs: 100, deleteMs: 200, updateMs: 300, powerMs: 400, storageMs: 500 };

let simulator: Simulator;
let client: ParkClient;
let clock: HandClock;

async function start(options: Parameters<typeof startSimulator>[0] = {}): Promise<void> {
  await simulator?.close();
  clock = new HandClock();
  simulator = await startSimulator({ clock, timings: TIMINGS, ...options });
  client = new ParkClient(simulator);
}

beforeEach(() => start());
afterEach(() => simulator.close());

describe("an instance", () => {
  it("is created, and on after a while, with a host and an SSH port", async () => {
    const wanted = { ...INSTANCE, ssh_support: true, ssh_key: "ssh-ed25519 AAAA" };
    const { status, json } = await client.send("POST", "/v1/instance", wanted);
    expect(status).toBe(201);
    expect(json).toMatchObject({ label: "train", state: "creating", host: null, ports: [] });
    expect(json).not.toHaveProperty("ssh_key");
    clock.advance(100);
    expect(await client.list("/v1/instance")).toMatchObject([
      { id: 1001, state: "on", host: expect.stringMatching(/\.hpc-park\.ru$/) },
    ]);
    const { ports } = await client.thing("GET", "/v1/instance/1001");
    expect(ports).toContainEqual(expect.objectContaining({ internal: 22, protocol: "tcp" }));
  });

  it("may have no GPU at all", async () => {
    expect(await client.status("POST", "/v1/instance", { ...INSTANCE, gpu_count: 0 })).toBe(201);
  });

  it("is listed as deleting until it is gone, and deleting it again is no mistake", async () => {
    const { id } = await client.thing("POST", "/v1/instance", INSTANCE);
    expect(await client.status("DELETE", `/v1/instance/${id}`)).toBe(204);
    expect(await client.list("/v1/instance")).toMatchObject([{ id, state: "deleting" }]);
    expect(await client.status("DELETE", `/v1/instance/${id}`)).toBe(204);
    clock.advance(200);
    expect(await client.list("/v1/instance")).toEqual([]);
    expect(await client.status("GET", `/v1/instance/${id}`)).toBe(404);
    expect(await client.status("DELETE", `/v1/instance/${id}`)).toBe(404);
    expect((await client.thing("POST", "/v1/instance", INSTANCE)).id).toBe(id + 1);
  });

  it("changes its resources only while it is at rest", async () => {
    const { id } = await client.thing("POST", "/v1/instance", INSTANCE);
    const path = `/v1/instance/${id}/resources/`;
    expect(await client.status("PATCH", path, { gpu_count: 2 })).toBe(409);
    clock.advance(100);
    const changed = await client.thing("PATCH", path, { gpu_count: 2, gpu_type: "H100" });
    expect(changed).toMatchObject({ state: "updating", gpu_count: 2, gpu_type: "H100" });
    expect(await client.status("PATCH", path, { gpu_count: 3 })).toBe(409);
    clock.advance(300);
    expect(await client.thing("PATCH", path, { gpu_count: 2 })).toMatchObject({ state: "on" });
  });

  it("stops and starts", async () => {
    const { id } = await client.thing("POST", "/v1/instance", INSTANCE);
    clock.advance(100);
    const power = (state: string) => client.thing("PATCH", `/v1/instance/${id}/state/`, { state });
    expect(await power("off")).toMatchObject({ state: "stopping" });
    await expect(power("on")).rejects.toThrow("409");
    clock.advance(400);
    expect(await power("off")).toMatchObject({ state: "off" });
    expect(await power("on")).toMatchObject({ state: "starting" });
    clock.advance(400);
    expect(await client.thing("GET", `/v1/instance/${id}`)).toMatchObject({ state: "on" });
  });

  it("is there at once where nothing takes time", async () => {
    await start({ timings: NO_DELAYS });
    const { id, state } = await client.thing("POST", "/v1/instance", INSTANCE);
    expect(state).toBe("on");
    await client.send("DELETE", `/v1/instance/${id}`);
    expect(await client.list("/v1/instance")).toEqual([]);
  });
});

describe("a storage", () => {
  it("must be ready before an instance names it, and unused before it is deleted", async () => {
    const storage = await client.thing("POST", "/v1/storage", STORAGE);
    const wanted = { ...INSTANCE, storage_ids: [storage.id] };
    expect(await client.status("POST", "/v1/instance", wanted)).toBe(409);
    clock.advance(500);
    const { id } = await client.thing("POST", "/v1/instance", wanted);
    const path = `/v1/storage/${storage.id}`;
    expect(await client.thing("GET", path)).toMatchObject({ state: "ready", instance_ids: [id] });
    expect(await client.status("DELETE", path)).toBe(409);
    await client.send("DELETE", `/v1/instance/${id}`);
    expect(await client.status("DELETE", path), "the instance is still deleting").toBe(409);
    clock.advance(200);
    expect(await client.status("DELETE", path)).toBe(204);
    clock.advance(200);
    expect(await client.status("GET", path)).toBe(404);
  });

  it("grows and does not shrink", async () => {
    const { id } = await client.thing("POST", "/v1/storage", STORAGE);
    const path = `/v1/storage/${id}/resources/`;
    expect(await client.status("PATCH", path, { size_gb: 20 })).toBe(409);
    clock.advance(500);
    expect(await client.status("PATCH", path, { size_gb: 5 })).toBe(422);
    const grown = await client.thing("PATCH", path, { size_gb: 20 });
    expect(grown).toMatchObject({ state: "updating", size_gb: 20 });
  });

  it("that does not exist cannot be named by an instance", async () => {
    const { status, json } = await client.send("POST", "/v1/instance", {
      ...INSTANCE,
      storage_ids: [999],
    });
    expect(status).toBe(422);
    expect(json).toMatchObject({ detail: [{ loc: ["body", "storage_ids", 0] }] });
  });
});

describe("a namespace", () => {
  it("cannot go while an instance is in it", async () => {
    const { id } = await client.thing("POST", "/v1/namespace", { label: "lab" });
    const wanted = { ...INSTANCE, namespace_id: id };
    const instance = await client.thing("POST", "/v1/instance", wanted);
    expect(await client.status("DELETE", `/v1/namespace/${id}`)).toBe(409);
    await client.send("DELETE", `/v1/instance/${instance.id}`);
    clock.advance(200);
    expect(await client.status("DELETE", `/v1/namespace/${id}`)).toBe(204);
    expect(await client.list("/v1/namespace")).toEqual([]);
    expect(await client.status("POST", "/v1/instance", wanted)).toBe(422);
  });
});

describe("tokens", () => {
  it("an ordinary one sees what was created with it or granted, a master token everything", async () => {
    const master = new ParkClient(simulator, simulator.masterToken);
    const theirs = await master.thing("POST", "/v1/instance", INSTANCE);
    const ours = await client.thing("POST", "/v1/instance", INSTANCE);
    expect(await master.list("/v1/instance")).toHaveLength(2);
    expect(await client.list("/v1/instance")).toMatchObject([{ id: ours.id }]);
    expect(await client.status("DELETE", `/v1/instance/${theirs.id}`)).toBe(404);
    simulator.perform({ action: "grant", kind: "instance", id: theirs.id, token: "ordinary" });
    expect(await client.list("/v1/instance")).toHaveLength(2);
  });

  it("are made and deleted with a master token only; the value is shown once", async () => {
    const wanted = { name: "ci", expires_at: "2030-01-01T00:00:00Z" };
    expect(await client.status("POST", "/v1/token", wanted)).toBe(403);
    const master = new ParkClient(simulator, simulator.masterToken);
    const made = await master.thing("POST", "/v1/token", wanted);
    expect(made["token"]).toMatch(/^[\w-]{43}$/);
    const ci = new ParkClient(simulator, String(made["token"]));
    expect(await ci.list("/v1/token")).toEqual([
      { id: made.id, name: "ci", expires_at: expect.any(String), master: false, current: true },
    ]);
    expect(await master.list("/v1/token")).toHaveLength(3);
    expect(await master.status("DELETE", `/v1/token/${made.id}`)).toBe(204);
    expect(await ci.status("GET", "/v1/user")).toBe(401);
  });

  it("stop working when they expire", async () => {
    simulator.perform({ action: "expire-token", name: "ordinary" });
    const { status, json } = await client.send("GET", "/v1/instance");
    expect([status, json]).toEqual([401, { detail: "Token has expired" }]);
  });

  it("of another user see nothing of the one before", async () => {
    await client.send("POST", "/v1/instance", INSTANCE);
    simulator.perform({ action: "set-user", id: 8 });
    expect(await client.thing("GET", "/v1/user")).toMatchObject({ id: 8 });
    expect(await client.list("/v1/instance")).toEqual([]);
  });
});

describe("limits", () => {
  it("refuse what goes beyond them and are listed with what is used", async () => {
    await start({ limits: { instances: 2, storageGb: 15, gpus: { A100: 1 } } });
    await client.thing("POST", "/v1/instance", INSTANCE);
    const { status, json } = await client.send("POST", "/v1/instance", INSTANCE);
    expect(status).toBe(403);
    expect(json).toEqual({ detail: expect.stringContaining("gpu:A100") });
    expect(await client.status("POST", "/v1/instance", { ...INSTANCE, gpu_count: 0 })).toBe(201);
    expect(await client.status("POST", "/v1/instance", { ...INSTANCE, gpu_count: 0 })).toBe(403);
    expect(await client.status("POST", "/v1/storage", { ...STORAGE, size_gb: 16 })).toBe(403);
    expect(await client.list("/v1/limit")).toEqual(
      expect.arrayContaining([
        { resource: "instance", used: 2, limit: 2 },
        { resource: "storage_gb", used: 0, limit: 15 },
        { resource: "gpu:A100", used: 1, limit: 1 },
        { resource: "gpu:H100", used: 0, limit: null },
      ]),
    );
  });

  it("without money there is 402", async () => {
    await start({ limits: { balance: 0 } });
    expect(await client.status("POST", "/v1/instance", INSTANCE)).toBe(402);
  });
});

describe("a list", () => {
  it("of ten thousand instances is quick", async () => {
    for (let index = 0; index < 10_000; index += 1) {
      simulator.perform({ action: "create-instance", label: `i${index}`, token: "ordinary" });
    }
    const startMs = performance.now();
    expect(await client.list("/v1/instance")).toHaveLength(10_000);
    // Measured 40 ms; the bound leaves room for a busy machine.
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });
});

describe("closing", () => {
  it("ends open requests at once", async () => {
    simulator.faults.add({ effect: { kind: "hang" } });
    const open = client.send("GET", "/v1/instance").then(
      () => "answered",
      () => "cut",
    );
    await expect.poll(() => simulator.ledger.entries.length).toBe(1);
    const startMs = performance.now();
    await simulator.close();
    expect(await open).toBe("cut");
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });
});
