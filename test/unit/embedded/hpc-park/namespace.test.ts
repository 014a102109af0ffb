import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../../../src/embedded/hpc-park/simulator.ts";
import { HandClock, INSTANCE, ParkClient, STORAGE } from "./park-client.ts";

const DELETE_MS = 200;

let simulator: Simulator;
let client: ParkClient;
let clock: HandClock;
let id: number;

beforeEach(async () => {
  clock = new HandClock();
  const timings = { createMs: 0, storageMs: 0, deleteMs: DELETE_MS };
  simulator = await startSimulator({ clock, timings });
  client = new ParkClient(simulator);
  ({ id } = await client.thing("POST", "/v1/namespace", { label: "lab" }));
});
afterEach(() => simulator.close());

describe("a namespace", () => {
  it("is there at once, and gone at once", async () => {
    const lab = { id, label: "lab", created_at: new Date(clock.wall()).toISOString() };
    expect(await client.thing("GET", `/v1/namespace/${id}`)).toEqual(lab);
    expect(await client.list("/v1/namespace")).toEqual([lab]);
    expect(await client.status("DELETE", `/v1/namespace/${id}`)).toBe(204);
    expect(await client.status("GET", `/v1/namespace/${id}`)).toBe(404);
    expect(await client.status("DELETE", `/v1/namespace/${id}`)).toBe(404);
  });

  it("needs a label, which need not be the only one of its kind", async () => {
    expect(await client.status("POST", "/v1/namespace", {})).toBe(422);
    expect(await client.status("POST", "/v1/namespace", { label: "lab" })).toBe(201);
  });

  it.each([
    ["instance", INSTANCE],
    ["storage", STORAGE],
  ])("stays until the last %s in it is really gone", async (kind, wanted) => {
    const inside = await client.thing("POST", `/v1/${kind}`, { ...wanted, namespace_id: id });
    expect(inside).toMatchObject({ namespace_id: id });
    const { status, json } = await client.send("DELETE", `/v1/namespace/${id}`);
    expect([status, json]).toEqual([409, { detail: `Namespace ${id} is not empty` }]);
    await client.send("DELETE", `/v1/${kind}/${inside.id}`);
    clock.advance(DELETE_MS - 1);
    expect(await client.status("DELETE", `/v1/namespace/${id}`)).toBe(409);
    clock.advance(1);
    expect(await client.status("DELETE", `/v1/namespace/${id}`)).toBe(204);
  });

  it("is not held by what is in another one, or in none", async () => {
    const { id: second } = await client.thing("POST", "/v1/namespace", { label: "second" });
    await client.thing("POST", "/v1/instance", { ...INSTANCE, namespace_id: second });
    await client.thing("POST", "/v1/storage", STORAGE);
    expect(await client.status("DELETE", `/v1/namespace/${id}`)).toBe(204);
  });

  it("is held by what the token cannot see as well", async () => {
    simulator.perform({ action: "create-instance", label: "hidden", namespace_id: id });
    expect(await client.list("/v1/instance")).toEqual([]);
    expect(await client.status("DELETE", `/v1/namespace/${id}`)).toBe(409);
  });

  it.each([
    ["/v1/instance", INSTANCE],
    ["/v1/storage", STORAGE],
  ])("that does not exist takes nothing of %s in", async (path, wanted) => {
    const { status, json } = await client.send("POST", path, { ...wanted, namespace_id: 999 });
    expect(status).toBe(422);
    expect(json).toMatchObject({ detail: [{ loc: ["body", "namespace_id"] }] });
  });
});
