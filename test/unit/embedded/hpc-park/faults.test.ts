import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FaultEffect } from "../../../../src/embedded/simulator/faults.ts";
import { NO_DELAYS } from "../../../../src/embedded/hpc-park/settings.ts";
import { type Simulator, startSimulator } from "../../../../src/embedded/hpc-park/simulator.ts";
import { eventually, INSTANCE, ParkClient } from "./park-client.ts";

let simulator: Simulator;
let client: ParkClient;

beforeEach(async () => {
  simulator = await startSimulator({ timings: NO_DELAYS });
  client = new ParkClient(simulator);
});
afterEach(() => simulator.close());

const create = () => client.send("POST", "/v1/instance", INSTANCE);
const alive = () => simulator.park.instances.all().length;
const lastEntry = () => simulator.ledger.entries.at(-1);

describe("a fault on a create", () => {
  it.each<[FaultEffect, number]>([
    [{ kind: "lose-answer" }, 1],
    [{ kind: "reset-before" }, 0],
  ])("$kind gives no answer", async (effect, made) => {
    simulator.faults.add({ match: { method: "post" }, effect });
    await expect(create()).rejects.toThrow("fetch failed");
    expect(alive()).toBe(made);
    await eventually(() => lastEntry()?.outMs !== undefined);
    expect(lastEntry()).toMatchObject({ faults: [effect.kind], isUndelivered: true });
    expect(lastEntry()).not.toHaveProperty("status");
  });

  it.each<[FaultEffect, number, number, string]>([
    [{ kind: "status", status: 503 }, 503, 0, '{"detail":"Simulated 503"}'],
    [{ kind: "status", status: 400, body: "quota" }, 400, 0, "quota"],
    [
      { kind: "status-after-work", status: 502, body: { detail: "bad" } },
      502,
      1,
      '{"detail":"bad"}',
    ],
    [{ kind: "plain-404" }, 404, 0, "404 page not found\n"],
  ])("%o answers %i", async (effect, status, made, text) => {
    simulator.faults.add({ effect });
    const answer = await create();
    expect([answer.status, answer.text, alive()]).toEqual([status, text, made]);
    expect(lastEntry()).toMatchObject({ status, faults: [effect.kind] });
    expect(lastEntry()?.workStatus).toBe(made === 1 ? 201 : undefined);
  });

  it("may carry headers", async () => {
    const headers = { "retry-after": "7" };
    simulator.faults.add({ effect: { kind: "status", status: 429, headers } });
    expect((await create()).headers.get("retry-after")).toBe("7");
  });

  it("cuts the body, well framed or with the connection", async () => {
    simulator.faults.add({ match: { times: 1 }, effect: { kind: "cut-body" } });
    const { status, text, json } = await create();
    expect([status, json]).toEqual([201, undefined]);
    expect(text).toMatch(/^\{"id":1001/);
    simulator.faults.add({ effect: { kind: "cut-body", how: "connection" } });
    await expect(create()).rejects.toThrow("terminated");
    expect(alive()).toBe(2);
  });

  it.each<[FaultEffect, number]>([
    [{ kind: "hang" }, 0],
    [{ kind: "hang", afterWork: true }, 1],
  ])("%o never answers", async (effect, made) => {
    simulator.faults.add({ effect });
    const impatient = AbortSignal.timeout(100);
    const answer = client.send("POST", "/v1/instance", INSTANCE, { signal: impatient });
    await expect(answer).rejects.toThrow("timeout");
    expect(alive()).toBe(made);
    await eventually(() => lastEntry()?.isUndelivered === true);
  });

  it("holds it back, and carries it out after its client has left", async () => {
    simulator.faults.add({ effect: { kind: "delay", ms: 900, when: "before" } });
    const impatient = AbortSignal.timeout(300);
    const answer = client.send("POST", "/v1/instance", INSTANCE, { signal: impatient });
    await expect(answer).rejects.toThrow("timeout");
    expect(alive()).toBe(0);
    await eventually(() => alive() === 1);
    await eventually(() => lastEntry()?.workStatus === 201);
    expect(lastEntry()).toMatchObject({ isUndelivered: true, effects: [{ what: "created" }] });
  });

  it("delays the answer of work that is done", async () => {
    simulator.faults.add({ effect: { kind: "delay", ms: 150, when: "after" } });
    const startMs = performance.now();
    const answer = create();
    await eventually(() => alive() === 1);
    expect((await answer).status).toBe(201);
    expect(performance.now() - startMs).toBeGreaterThan(140);
  });
});

describe("a fault on a list", () => {
  const ids = async (): Promise<number[]> =>
    (await client.list("/v1/instance")).map(({ id }) => id);

  beforeEach(() => {
    for (let index = 0; index < 10; index += 1) {
      simulator.perform({ action: "create-instance", label: `i${index}`, token: "ordinary" });
    }
  });

  it.each<[FaultEffect, number[]]>([
    [{ kind: "empty-list" }, []],
    [{ kind: "partial-list", newest: 8 }, [1001, 1002]],
    [{ kind: "partial-list", fraction: 0.5 }, [1001, 1003, 1005, 1007, 1009]],
    [{ kind: "partial-list", ids: [1001, 1010] }, [1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009]],
    [{ kind: "hide-newest", ms: 60_000 }, []],
    [{ kind: "hide-newest", ms: 0 }, [1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010]],
  ])("%o leaves out what it says", async (effect, left) => {
    simulator.faults.add({ match: { operation: "listInstances" }, effect });
    expect(await ids()).toEqual(left);
    expect(await client.status("GET", "/v1/instance/1010")).toBe(200);
  });

  it("can hide the newest from a GET of it as well", async () => {
    simulator.faults.add({ effect: { kind: "hide-newest", ms: 60_000, alsoOne: true } });
    const { status, json } = await client.send("GET", "/v1/instance/1010");
    expect([status, json]).toEqual([404, { detail: "Not Found" }]);
  });
});

describe("a rule", () => {
  const statuses = async (count: number): Promise<number[]> => {
    const seen: number[] = [];
    for (let index = 0; index < count; index += 1) {
      seen.push(await client.status("GET", "/v1/user"));
    }
    return seen;
  };
  const effect = { kind: "status", status: 500 } as const;

  it.each([
    [{ nth: 2 }, [200, 500, 200, 200]],
    [{ times: 2 }, [500, 500, 200, 200]],
    [{ nth: 2, times: 2 }, [200, 500, 500, 200]],
    [{ path: "^/v1/user$" }, [500, 500, 500, 500]],
    [{ path: "^/v1/instance" }, [200, 200, 200, 200]],
    [{ method: "POST" }, [200, 200, 200, 200]],
    [{ clientId: "other" }, [200, 200, 200, 200]],
  ])("that matches %o applies as often", async (match, expected) => {
    simulator.faults.add({ match, effect });
    expect(await statuses(4)).toEqual(expected);
  });

  it("counts what it saw and hit, and can be cleared", async () => {
    const id = simulator.faults.add({ match: { nth: 2 }, effect });
    await statuses(3);
    expect(simulator.faults.list()).toMatchObject([{ id, seen: 3, hits: 1 }]);
    simulator.faults.clear(id);
    expect(simulator.faults.list()).toEqual([]);
  });

  it("that fails comes with another that delays", async () => {
    simulator.faults.add({ effect: { kind: "delay", ms: 50 } });
    simulator.faults.add({ effect });
    expect(await statuses(1)).toEqual([500]);
    expect(lastEntry()?.faults).toEqual(["delay", "status"]);
  });
});
