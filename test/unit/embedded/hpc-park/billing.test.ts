import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PanelAction } from "../../../../src/embedded/hpc-park/panel-action.ts";
import { NO_DELAYS } from "../../../../src/embedded/hpc-park/settings.ts";
import { type Simulator, startSimulator } from "../../../../src/embedded/hpc-park/simulator.ts";
import { HandClock, INSTANCE, ParkClient, STORAGE, type Thing } from "./park-client.ts";

const HOUR_MS = 3_600_000;
/** The hand clock begins on 2026-11-23, one second past midnight. */
const FIRST_MS = 1_000;

let simulator: Simulator;
let client: ParkClient;
let clock: HandClock;

async function start(options: Parameters<typeof startSimulator>[0] = {}): Promise<void> {
  await simulator?.close();
  clock = new HandClock();
  simulator = await startSimulator({ clock, timings: NO_DELAYS, ...options });
  client = new ParkClient(simulator);
}

beforeEach(() =>
  start({
    prices: {
      gpu: { A100: 200, H100: 400 },
      container: { pytorch: 10 },
      tariff: { hourly: 1, monthly: 0.5 },
      address: 1,
      storageGb: { ssd: 0.1 },
    },
    limits: { balance: 1_000 },
  }),
);
afterEach(() => simulator.close());

const panel = (action: PanelAction) => simulator.perform(action);
const billing = (query = ""): Promise<Thing> => client.thing("GET", `/v1/billing${query}`);
const create = async (more: object = {}): Promise<number> =>
  (await client.thing("POST", "/v1/instance", { ...INSTANCE, ...more })).id;
const power = (id: number, state: string) =>
  client.thing("PATCH", `/v1/instance/${id}/state/`, { state });
const spent = async (): Promise<string> =>
  (1_000 - Number((await billing())["balance"])).toFixed(2);

describe("the price of an hour", () => {
  it.each([
    ["GPUs, container and address", {}, "211.00"],
    ["each of its GPUs", { gpu_count: 3 }, "611.00"],
    ["the type of its GPUs", { gpu_type: "H100" }, "411.00"],
    ["a container without a GPU", { gpu_count: 0 }, "11.00"],
    ["its tariff, which the address is not under", { tariff_type: "monthly" }, "106.00"],
    ["nothing for what has no price", { container_type: "ubuntu" }, "201.00"],
  ])("of an instance counts %s", async (_, more, price) => {
    const id = await create(more);
    clock.advance(HOUR_MS);
    const item = { entity: "instance", entity_id: id, date: "2026-11-23" };
    expect(await billing()).toEqual({
      currency: "RUB",
      balance: (1_000 - Number(price)).toFixed(2),
      items: [{ ...item, amount: price, price_per_hour: price }],
    });
  });

  it("of a storage counts its gigabytes", async () => {
    const { id } = await client.thing("POST", "/v1/storage", STORAGE);
    clock.advance(2 * HOUR_MS);
    await client.send("PATCH", `/v1/storage/${id}/resources/`, { size_gb: 20 });
    clock.advance(HOUR_MS);
    expect(await billing()).toMatchObject({
      items: [{ entity: "storage", entity_id: id, amount: "4.00", price_per_hour: "2.00" }],
    });
  });
});

describe("the running bill", () => {
  it("grows with the clock, and a change of resources counts from then on", async () => {
    const id = await create();
    clock.advance(HOUR_MS / 2);
    expect(await spent()).toBe("105.50");
    await client.send("PATCH", `/v1/instance/${id}/resources/`, { gpu_count: 0 });
    clock.advance(HOUR_MS);
    expect(await spent()).toBe("116.50");
    expect(await billing()).toMatchObject({ items: [{ price_per_hour: "11.00" }] });
  });

  it("keeps what is gone, which costs no more", async () => {
    const id = await create();
    clock.advance(HOUR_MS);
    await client.send("DELETE", `/v1/instance/${id}`);
    clock.advance(HOUR_MS);
    expect(await billing()).toMatchObject({
      balance: "789.00",
      items: [{ entity_id: id, amount: "211.00", price_per_hour: "0.00" }],
    });
  });

  it("goes on until a deletion is complete", async () => {
    await start({ limits: { balance: 1_000 }, timings: { deleteMs: HOUR_MS, createMs: 0 } });
    panel({ action: "set-prices", gpu: { A100: 100 }, container: { pytorch: 0 }, address: 0 });
    const id = await create();
    clock.advance(HOUR_MS);
    await client.send("DELETE", `/v1/instance/${id}`);
    clock.advance(3 * HOUR_MS);
    expect(await spent()).toBe("200.00");
  });

  it("has an item for each day, and shows those that are asked for", async () => {
    await create();
    clock.advance(48 * HOUR_MS);
    const seconds = (count: number): string => ((211 * count) / 3_600).toFixed(2);
    const days = [
      { date: "2026-11-23", amount: seconds(24 * 3_600 - FIRST_MS / 1_000) },
      { date: "2026-11-24", amount: seconds(24 * 3_600) },
      { date: "2026-11-25", amount: seconds(FIRST_MS / 1_000) },
    ];
    expect(await billing()).toMatchObject({ items: days });
    expect((await billing("?date_from=2026-11-24"))["items"]).toHaveLength(2);
    expect((await billing("?date_to=2026-11-23"))["items"]).toHaveLength(1);
    const one = await billing("?date_from=2026-11-24&date_to=2026-11-24");
    expect(one).toMatchObject({ items: days.slice(1, 2) });
    expect(await client.status("GET", "/v1/billing?date_from=yesterday")).toBe(422);
  });

  it("is not rewritten by new prices", async () => {
    await create();
    clock.advance(HOUR_MS);
    panel({ action: "set-prices", gpu: { A100: 0 } });
    clock.advance(HOUR_MS);
    expect(await spent()).toBe("222.00");
  });

  it("can be a month old at once", async () => {
    await create();
    panel({ action: "pass-time", ms: 2 * HOUR_MS });
    expect(await spent()).toBe("422.00");
  });

  it("shows an ordinary token its own things only, and the balance of the user", async () => {
    const master = new ParkClient(simulator, simulator.masterToken);
    await master.thing("POST", "/v1/instance", INSTANCE);
    clock.advance(HOUR_MS);
    expect(await billing()).toMatchObject({ balance: "789.00", items: [] });
    expect((await master.thing("GET", "/v1/billing"))["items"]).toHaveLength(1);
  });

  it("is summed up for a test: today, this month, now", async () => {
    const id = await create();
    clock.advance(8 * 24 * HOUR_MS);
    await create({ gpu_count: 0 });
    const { text } = await client.send("GET", "/_control/state");
    const state: { users: object[]; instances: object[] } = JSON.parse(text);
    // From the second second of 23 November to that of 1 December.
    const sums = {
      spent: "40512.00",
      spentToday: "0.06",
      spentThisMonth: "0.06",
      pricePerHour: "222.00",
    };
    expect(state.users).toEqual([expect.objectContaining(sums)]);
    expect(state.instances[0]).toMatchObject({ id, spent: "40512.00", pricePerHour: "211.00" });
    panel({ action: "pass-time", ms: 24 * HOUR_MS });
    const later = JSON.parse((await client.send("GET", "/_control/state")).text);
    expect(later).toMatchObject({
      users: [{ spentToday: "0.06", spentThisMonth: (222 * 24 + 0.06).toFixed(2) }],
    });
  });
});

describe("a stopped instance", () => {
  it.each([
    ["full-price", "211.00"],
    ["address-only", "1.00"],
    ["free", "0.00"],
  ] as const)("under the terms %s costs %s an hour", async (stoppedInstances, price) => {
    panel({ action: "set-billing", stoppedInstances });
    const id = await create();
    await power(id, "off");
    clock.advance(HOUR_MS);
    expect(await spent()).toBe(price);
    expect(await billing()).toMatchObject({ items: [{ price_per_hour: price }] });
    await power(id, "on");
    clock.advance(HOUR_MS);
    expect(await spent()).toBe((Number(price) + 211).toFixed(2));
  });

  it("costs its full price until it is off, and again as soon as it starts", async () => {
    panel({ action: "set-billing", stoppedInstances: "free" });
    panel({ action: "set-timings", powerMs: HOUR_MS });
    const id = await create();
    await power(id, "off");
    clock.advance(3 * HOUR_MS);
    expect(await spent()).toBe("211.00");
    await power(id, "on");
    clock.advance(HOUR_MS);
    expect(await spent()).toBe("422.00");
  });

  it("that a person starts again before it was off has never cost less", async () => {
    panel({ action: "set-billing", stoppedInstances: "free" });
    panel({ action: "set-timings", powerMs: HOUR_MS });
    const id = await create();
    await power(id, "off");
    clock.advance(HOUR_MS / 2);
    panel({ action: "set-power", id, power: "on" });
    clock.advance(HOUR_MS);
    expect(await spent()).toBe("316.50");
  });

  it("goes on paying for its storage", async () => {
    panel({ action: "set-billing", stoppedInstances: "free" });
    const storage = await client.thing("POST", "/v1/storage", STORAGE);
    await power(await create({ storage_ids: [storage.id] }), "off");
    clock.advance(HOUR_MS);
    expect(await spent()).toBe("1.00");
  });

  it("follows a change of the terms from then on", async () => {
    await power(await create(), "off");
    clock.advance(HOUR_MS);
    panel({ action: "set-billing", stoppedInstances: "free" });
    clock.advance(HOUR_MS);
    expect(await spent()).toBe("211.00");
  });
});

describe("the balance", () => {
  const OVERSPENT_MS = 5 * HOUR_MS;

  it("may run into debt", async () => {
    await create();
    clock.advance(OVERSPENT_MS);
    expect(await billing()).toMatchObject({ balance: "-55.00" });
    expect(await client.status("POST", "/v1/instance", INSTANCE)).toBe(201);
  });

  it("used up gets 402 under terms that refuse it, until money comes", async () => {
    panel({ action: "set-billing", refusesInDebt: true });
    const id = await create();
    await power(id, "off");
    clock.advance(OVERSPENT_MS);
    expect(await client.status("POST", "/v1/instance", INSTANCE)).toBe(402);
    expect(await client.status("POST", "/v1/storage", STORAGE)).toBe(402);
    const wanted = { state: "on" };
    expect(await client.status("PATCH", `/v1/instance/${id}/state/`, wanted)).toBe(402);
    expect(await client.status("DELETE", `/v1/instance/${id}`)).toBe(204);
    panel({ action: "add-money", amount: 100 });
    expect(await billing()).toMatchObject({ balance: "45.00" });
    expect(await client.status("POST", "/v1/instance", INSTANCE)).toBe(201);
  });

  it("is what it is set to, whatever was spent before", async () => {
    await create();
    clock.advance(HOUR_MS);
    panel({ action: "set-limits", balance: 500 });
    expect(await billing()).toMatchObject({ balance: "500.00" });
    clock.advance(HOUR_MS);
    expect(await billing()).toMatchObject({ balance: "289.00" });
  });
});

describe("invoices", () => {
  it("are there once someone sends them, fall overdue, and when paid add to the balance", async () => {
    expect(await client.list("/v1/invoice")).toEqual([]);
    const due_at = "2026-11-24T00:00:00.000Z";
    const { id } = panel({ action: "add-invoice", amount: 250.5, number: "7/A", due_at });
    const issued_at = new Date(clock.wall()).toISOString();
    const invoice = {
      id: 9001,
      number: "7/A",
      amount: "250.50",
      currency: "RUB",
      issued_at,
      due_at,
    };
    expect(await client.list("/v1/invoice")).toEqual([{ ...invoice, status: "issued" }]);
    clock.advance(24 * HOUR_MS);
    expect(await client.list("/v1/invoice")).toEqual([{ ...invoice, status: "overdue" }]);
    panel({ action: "set-invoice", id: Number(id), status: "paid" });
    panel({ action: "set-invoice", id: Number(id), status: "paid" });
    expect(await client.list("/v1/invoice")).toEqual([{ ...invoice, status: "paid" }]);
    expect(await billing()).toMatchObject({ balance: "1250.50" });
  });
});

describe("packages paid in advance", () => {
  it("are listed, and what runs under their tariff costs only its address", async () => {
    await start();
    const dates = { date_from: "2026-11-01", date_to: "2027-01-31" };
    panel({ action: "add-prepaid", gpu_type: "A100", gpu_count: 8, amount: 90_000, ...dates });
    expect(await client.list("/v1/prepaid")).toEqual([
      { id: 701, gpu_type: "A100", gpu_count: 8, ...dates, amount: "90000.00", currency: "RUB" },
    ]);
    await create({ tariff_type: "prepaid", gpu_count: 8 });
    expect(await billing()).toMatchObject({ items: [{ price_per_hour: "0.50" }] });
  });
});
