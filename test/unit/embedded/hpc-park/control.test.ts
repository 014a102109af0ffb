import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PanelAction } from "../../../../src/embedded/hpc-park/panel-action.ts";
import { NO_DELAYS } from "../../../../src/embedded/hpc-park/settings.ts";
import { type Simulator, startSimulator } from "../../../../src/embedded/hpc-park/simulator.ts";
import { INSTANCE, ParkClient, STORAGE } from "./park-client.ts";

let simulator: Simulator;
let client: ParkClient;
let control: ParkClient;

beforeEach(async () => {
  simulator = await startSimulator({ timings: NO_DELAYS });
  client = new ParkClient(simulator);
  control = new ParkClient(simulator, null);
});
afterEach(() => simulator.close());

const panel = (action: PanelAction) => control.thing("POST", "/_control/panel", action);

describe("the control path", () => {
  it("adds, lists and clears fault rules", async () => {
    const rule = { match: { method: "GET" }, effect: { kind: "status", status: 500 } };
    const { id } = await control.thing("POST", "/_control/faults", rule);
    expect(await client.status("GET", "/v1/user")).toBe(500);
    expect(await control.list("/_control/faults")).toEqual([{ ...rule, id, seen: 1, hits: 1 }]);
    expect(await control.status("DELETE", `/_control/faults/${id}`)).toBe(204);
    await control.send("POST", "/_control/faults", rule);
    expect(await control.status("DELETE", "/_control/faults")).toBe(204);
    expect(await client.status("GET", "/v1/user")).toBe(200);
  });

  it.each([
    [{ effect: { kind: "explode" } }],
    [{ effect: { kind: "delay" } }],
    [{ match: { path: "(" }, effect: { kind: "hang" } }],
    [{ match: { typo: 1 }, effect: { kind: "hang" } }],
  ])("refuses the rule %o", async (rule) => {
    expect(await control.status("POST", "/_control/faults", rule)).toBe(422);
  });

  it.each<[object]>([
    [{ action: "set-billing", stoppedInstances: "half-price" }],
    [{ action: "set-prices", gpu: { A100: -1 } }],
    [{ action: "add-invoice" }],
    [{ action: "set-master-only", sections: ["gpu"] }],
    [{ action: "pass-time", ms: -1 }],
    [{ action: "add-user", limits: { gpu: 1 } }],
  ])("refuses the action %o", async (action) => {
    expect(await control.status("POST", "/_control/panel", action)).toBe(422);
  });

  it("does over the wire all that a test can do in its own process", async () => {
    const actions: PanelAction[] = [
      { action: "set-prices", gpu: { A100: 100 }, container: { pytorch: 0 }, address: 0 },
      { action: "set-billing", stoppedInstances: "free", currency: "EUR" },
      { action: "add-user", id: 12, limits: { gpus: { A100: 1 } } },
      { action: "add-token", name: "theirs", value: "theirs", user: 12 },
      { action: "create-instance", label: "foreign", token: "theirs" },
      { action: "pass-time", ms: 3_600_000 },
    ];
    for (const action of actions) await panel(action);
    const theirs = new ParkClient(simulator, "theirs");
    const bill = await theirs.thing("GET", "/v1/billing");
    expect(bill).toMatchObject({ currency: "EUR" });
    expect(bill["items"]).toContainEqual(expect.objectContaining({ price_per_hour: "100.00" }));
    expect(await control.thing("GET", "/_control/state")).toMatchObject({
      prices: { gpu: { A100: 100, H100: 390 } },
      billingTerms: { stoppedInstances: "free" },
      instances: [{ userId: 12, pricePerHour: "100.00", spent: expect.stringMatching(/^100\.0/) }],
      users: [{ id: 7 }, { id: 12, pricePerHour: "100.00" }],
    });
  });

  it("is neither described nor written into the ledger", async () => {
    const { text } = await control.send("GET", "/openapi.json");
    expect(text).not.toContain("_control");
    await control.send("GET", "/_control/state");
    expect(simulator.ledger.entries.map(({ operation }) => operation)).toEqual(["readDescription"]);
  });

  it("shows everything alive, and no token's value", async () => {
    await panel({ action: "create-instance", label: "foreign" });
    await panel({ action: "create-storage", label: "disk" });
    const { text, json } = await control.send("GET", "/_control/state");
    expect(json).toMatchObject({
      instances: [{ label: "foreign", state: "on", token: null }],
      storages: [{ label: "disk" }],
      tokens: [{ name: "ordinary" }, { name: "master", master: true }],
    });
    expect(text).not.toContain(simulator.token);
    expect(text).not.toContain(simulator.masterToken);
  });
});

describe("a person in the panel", () => {
  it("makes a foreign instance that only a master token sees, or a certain one", async () => {
    await panel({ action: "create-instance", label: "foreign" });
    await panel({ action: "create-instance", label: "shared", token: "ordinary" });
    expect(await client.list("/v1/instance")).toMatchObject([{ label: "shared" }]);
    const master = new ParkClient(simulator, simulator.masterToken);
    expect(await master.list("/v1/instance")).toHaveLength(2);
  });

  it.each<[string, (id: number) => PanelAction, object]>([
    [
      "relabels",
      (id) => ({ action: "set-label", kind: "instance", id, label: "x" }),
      { label: "x" },
    ],
    ["stops", (id) => ({ action: "set-power", id, power: "off" }), { state: "off" }],
    ["resizes", (id) => ({ action: "change-resources", id, gpu_count: 8 }), { gpu_count: 8 }],
    [
      "breaks",
      (id) => ({ action: "set-error", kind: "instance", id, error: "no GPU" }),
      { state: "error", error: "no GPU" },
    ],
    [
      "confuses",
      (id) => ({ action: "set-state", kind: "instance", id, state: "melting" }),
      { state: "melting" },
    ],
  ])("%s an instance", async (_, action, expected) => {
    const { id } = await client.thing("POST", "/v1/instance", INSTANCE);
    await panel(action(id));
    expect(await client.thing("GET", `/v1/instance/${id}`)).toMatchObject(expected);
    expect(simulator.ledger.entries.at(-2)).toMatchObject({
      source: "panel",
      effects: [{ what: "changed", kind: "instance", id }],
    });
  });

  it("heals what was in error", async () => {
    const { id } = await client.thing("POST", "/v1/instance", INSTANCE);
    await panel({ action: "set-error", kind: "instance", id, error: "no GPU" });
    await panel({ action: "set-state", kind: "instance", id, state: null });
    const healed = await client.thing("GET", `/v1/instance/${id}`);
    expect(healed).toMatchObject({ state: "on", error: null });
  });

  it("deletes things of each kind", async () => {
    const instance = await client.thing("POST", "/v1/instance", INSTANCE);
    const storage = await client.thing("POST", "/v1/storage", STORAGE);
    const namespace = await client.thing("POST", "/v1/namespace", { label: "lab" });
    await panel({ action: "delete", kind: "instance", id: instance.id });
    await panel({ action: "delete", kind: "storage", id: storage.id });
    await panel({ action: "delete", kind: "namespace", id: namespace.id });
    for (const path of ["/v1/instance", "/v1/storage", "/v1/namespace"]) {
      expect(await client.list(path), path).toEqual([]);
    }
  });

  it("adds and revokes tokens, whose values stay out of the ledger", async () => {
    await panel({ action: "add-token", name: "new", value: "a-secret-value" });
    const fresh = new ParkClient(simulator, "a-secret-value");
    expect(await fresh.status("GET", "/v1/user")).toBe(200);
    await panel({ action: "revoke-token", name: "new" });
    expect(await fresh.status("GET", "/v1/user")).toBe(401);
    expect(JSON.stringify(simulator.ledger.entries)).not.toContain("a-secret-value");
  });

  it("sets limits and timings", async () => {
    await panel({ action: "set-limits", instances: 0, refuseWith: 402 });
    expect(await client.status("POST", "/v1/instance", INSTANCE)).toBe(402);
    await panel({ action: "set-limits" });
    await panel({ action: "set-timings", createMs: 60_000 });
    expect(await client.thing("POST", "/v1/instance", INSTANCE)).toMatchObject({
      state: "creating",
    });
  });

  it("hears 404 of what is not there", async () => {
    expect(
      await control.status("POST", "/_control/panel", { action: "set-power", id: 9, power: "on" }),
    ).toBe(404);
  });
});
