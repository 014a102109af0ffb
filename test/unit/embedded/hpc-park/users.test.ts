import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PanelAction } from "../../../../src/embedded/hpc-park/panel-action.ts";
import { NO_DELAYS } from "../../../../src/embedded/hpc-park/settings.ts";
import { type Simulator, startSimulator } from "../../../../src/embedded/hpc-park/simulator.ts";
import { HandClock, INSTANCE, ParkClient, STORAGE } from "./park-client.ts";

const HOUR_MS = 3_600_000;

let simulator: Simulator;
let clock: HandClock;
/** A master token of the user who is there from the start, and one of another user. */
let master: ParkClient;
let other: ParkClient;

beforeEach(async () => {
  clock = new HandClock();
  simulator = await startSimulator({ clock, timings: NO_DELAYS });
  master = new ParkClient(simulator, simulator.masterToken);
  const user = panel({ action: "add-user", email: "lab@example.com", limits: { instances: 1 } }).id;
  const made = panel({ action: "add-token", name: "lab", master: true, user: Number(user) });
  other = new ParkClient(simulator, made.token ?? "");
});
afterEach(() => simulator.close());

const panel = (action: PanelAction) => simulator.perform(action);

describe("another user", () => {
  it("is who the token's answers are about", async () => {
    const user = { id: 8, email: "lab@example.com", company: null, active: true };
    expect(await other.thing("GET", "/v1/user")).toEqual(user);
    expect(await master.thing("GET", "/v1/user")).toMatchObject({ id: 7 });
  });

  it.each([
    ["/v1/instance", INSTANCE],
    ["/v1/storage", STORAGE],
    ["/v1/namespace", { label: "lab" }],
  ])("sees and touches nothing of %s that is not its own", async (path, wanted) => {
    const mine = await master.thing("POST", path, wanted);
    const theirs = await other.thing("POST", path, wanted);
    expect(await master.list(path)).toMatchObject([{ id: mine.id }]);
    expect(await other.list(path)).toMatchObject([{ id: theirs.id }]);
    expect(await other.status("GET", `${path}/${mine.id}`)).toBe(404);
    expect(await other.status("DELETE", `${path}/${mine.id}`)).toBe(404);
  });

  it("cannot put things into a foreign namespace, or use a foreign storage", async () => {
    const namespace = await master.thing("POST", "/v1/namespace", { label: "lab" });
    const storage = await master.thing("POST", "/v1/storage", STORAGE);
    const inside = { ...INSTANCE, namespace_id: namespace.id };
    expect(await other.status("POST", "/v1/instance", inside)).toBe(422);
    const using = { ...INSTANCE, storage_ids: [storage.id] };
    expect(await other.status("POST", "/v1/instance", using)).toBe(422);
  });

  it("has tokens of its own: neither listed nor deleted by the first", async () => {
    expect(await other.list("/v1/token")).toMatchObject([{ name: "lab", current: true }]);
    const [lab] = await other.list("/v1/token");
    expect((await master.list("/v1/token")).map(({ name }) => name)).toEqual([
      "ordinary",
      "master",
    ]);
    expect(await master.status("DELETE", `/v1/token/${lab?.id}`)).toBe(404);
    const wanted = { name: "ci", expires_at: "2030-01-01T00:00:00Z" };
    const made = await other.thing("POST", "/v1/token", wanted);
    const ci = new ParkClient(simulator, String(made["token"]));
    expect(await ci.thing("GET", "/v1/user")).toMatchObject({ id: 8 });
  });

  it("has limits and use of its own", async () => {
    await master.thing("POST", "/v1/instance", INSTANCE);
    await master.thing("POST", "/v1/instance", INSTANCE);
    expect(await other.status("POST", "/v1/instance", INSTANCE)).toBe(201);
    expect(await other.status("POST", "/v1/instance", INSTANCE)).toBe(403);
    expect(await other.list("/v1/limit")).toContainEqual({
      resource: "instance",
      used: 1,
      limit: 1,
    });
    expect(await master.list("/v1/limit")).toContainEqual({
      resource: "instance",
      used: 2,
      limit: null,
    });
    panel({ action: "set-limits", user: 8, instances: 2 });
    expect(await other.status("POST", "/v1/instance", INSTANCE)).toBe(201);
    expect(await master.status("POST", "/v1/instance", INSTANCE)).toBe(201);
  });

  it("has a bill, invoices and packages of its own", async () => {
    panel({ action: "set-limits", user: 8, balance: 1_000 });
    await other.thing("POST", "/v1/instance", INSTANCE);
    clock.advance(HOUR_MS);
    expect(await other.thing("GET", "/v1/billing")).toMatchObject({ balance: "775.50" });
    const untouched = { balance: "100000.00", items: [] };
    expect(await master.thing("GET", "/v1/billing")).toMatchObject(untouched);
    panel({ action: "add-invoice", amount: 5, user: 8 });
    const dates = { date_from: "2026-11-01", date_to: "2026-11-30" };
    panel({ action: "add-prepaid", gpu_type: "A100", gpu_count: 1, ...dates, user: 8 });
    expect(await other.list("/v1/invoice")).toHaveLength(1);
    expect(await other.list("/v1/prepaid")).toHaveLength(1);
    expect(await master.list("/v1/invoice")).toEqual([]);
    expect(await master.list("/v1/prepaid")).toEqual([]);
  });

  it("is left alone where the one behind the other tokens changes", async () => {
    const theirs = await other.thing("POST", "/v1/instance", INSTANCE);
    const mine = await master.thing("POST", "/v1/instance", INSTANCE);
    panel({ action: "set-user", id: 9 });
    expect(await master.list("/v1/instance")).toEqual([]);
    expect(await other.list("/v1/instance")).toMatchObject([{ id: theirs.id }]);
    panel({ action: "set-user", id: 7 });
    expect(await master.list("/v1/instance")).toMatchObject([{ id: mine.id }]);
  });

  it("cannot be made twice, and nothing is done for one who is not there", () => {
    expect(() => panel({ action: "add-user", id: 7 })).toThrow("User 7 exists");
    expect(() => panel({ action: "add-token", name: "x", user: 99 })).toThrow("Not Found");
  });
});

describe("a token", () => {
  it("expires with the simulator's clock", async () => {
    const wanted = { name: "short", expires_at: new Date(clock.wall() + HOUR_MS).toISOString() };
    const { token } = await master.thing("POST", "/v1/token", wanted);
    const short = new ParkClient(simulator, String(token));
    clock.advance(HOUR_MS - 1);
    expect(await short.status("GET", "/v1/user")).toBe(200);
    clock.advance(1);
    const { status, json, headers } = await short.send("GET", "/v1/user");
    expect([status, json]).toEqual([401, { detail: "Token has expired" }]);
    expect(headers.get("www-authenticate")).toBe("Bearer");
    expect(await master.list("/v1/token")).toContainEqual(
      expect.objectContaining({ name: "short", master: false, current: false }),
    );
  });

  it("cannot be made with an expiry in the past", async () => {
    const wanted = { name: "late", expires_at: new Date(clock.wall()).toISOString() };
    expect(await master.status("POST", "/v1/token", wanted)).toBe(422);
  });

  it("shows its value in the answer that makes it and nowhere else", async () => {
    const wanted = { name: "ci", expires_at: "2030-01-01T00:00:00Z", master: true };
    const made = await master.thing("POST", "/v1/token", wanted);
    const value = String(made["token"]);
    for (const path of ["/v1/token", "/_control/state", "/_control/ledger"]) {
      expect((await master.send("GET", path)).text, path).not.toContain(value);
    }
    const ci = new ParkClient(simulator, value);
    expect(await ci.list("/v1/token")).toHaveLength(3);
  });

  it("of the ordinary kind neither makes nor deletes tokens", async () => {
    const ordinary = new ParkClient(simulator);
    const wanted = { name: "ci", expires_at: "2030-01-01T00:00:00Z" };
    const { status, json } = await ordinary.send("POST", "/v1/token", wanted);
    expect([status, json]).toEqual([403, { detail: expect.stringContaining("master token") }]);
    expect(await ordinary.status("DELETE", "/v1/token/1")).toBe(403);
    expect(await master.list("/v1/token")).toHaveLength(2);
  });

  it("of the ordinary kind may be kept out of whole sections", async () => {
    const ordinary = new ParkClient(simulator);
    panel({ action: "set-master-only", sections: ["billing", "limit"] });
    expect(await ordinary.status("GET", "/v1/billing")).toBe(403);
    expect(await ordinary.status("GET", "/v1/limit")).toBe(403);
    expect(await ordinary.status("GET", "/v1/invoice")).toBe(200);
    expect(await master.status("GET", "/v1/billing")).toBe(200);
    panel({ action: "set-master-only", sections: [] });
    expect(await ordinary.status("GET", "/v1/billing")).toBe(200);
  });

  it("is missing in a list as long as a rule hides what is young", async () => {
    const effect = { kind: "hide-newest", ms: HOUR_MS } as const;
    simulator.faults.add({ match: { operation: "listTokens" }, effect });
    clock.advance(HOUR_MS);
    await master.send("POST", "/v1/token", { name: "ci", expires_at: "2030-01-01T00:00:00Z" });
    expect(await master.list("/v1/token")).toHaveLength(2);
    clock.advance(HOUR_MS);
    expect(await master.list("/v1/token")).toHaveLength(3);
  });
});
