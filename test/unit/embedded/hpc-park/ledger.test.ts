import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  markerOf,
  mostAlivePerMarker,
} from "../../../../src/embedded/simulator/alive-per-marker.ts";
import { Ledger } from "../../../../src/embedded/simulator/ledger.ts";
import { type Simulator, startSimulator } from "../../../../src/embedded/hpc-park/simulator.ts";
import { HandClock, INSTANCE, ParkClient } from "./park-client.ts";

const MARKER = "k8s-abcdefghijk7";

let clock: HandClock;
let simulator: Simulator;
let client: ParkClient;

beforeEach(async () => {
  clock = new HandClock();
  simulator = await startSimulator({ clock, timings: { deleteMs: 50 } });
  client = new ParkClient(simulator);
});
afterEach(() => simulator.close());

const create = async (label = `train ${MARKER}`): Promise<number> =>
  (await client.thing("POST", "/v1/instance", { ...INSTANCE, label })).id;
const history = (until?: "gone" | "deleting") =>
  mostAlivePerMarker(simulator.ledger.entries, clock.now(), until);

describe("the ledger", () => {
  it("says of a request who asked what and when, what was answered and what it did", async () => {
    const headers = { "x-client-id": "operator-1" };
    await client.send("POST", "/v1/instance", INSTANCE, { headers });
    expect(simulator.ledger.entries).toEqual([
      {
        seq: 1,
        source: "api",
        inMs: clock.now(),
        inAt: expect.stringMatching(/^2026-11-23T/),
        outMs: clock.now(),
        outAt: expect.stringMatching(/^2026-11-23T/),
        method: "POST",
        path: "/v1/instance",
        operation: "createInstance",
        clientId: "operator-1",
        tokenName: "ordinary",
        body: INSTANCE,
        faults: [],
        workStatus: 201,
        status: 201,
        effects: [
          { what: "created", kind: "instance", id: 1001, label: "train", atMs: clock.now() },
        ],
      },
    ]);
  });

  it("holds refusals, unknown paths and strangers as well, and no token", async () => {
    await new ParkClient(simulator, "nobody").send("GET", "/v1/instance");
    await client.send("GET", "/v3/whatever");
    await client.send("DELETE", "/v1/instance/5");
    expect(simulator.ledger.entries).toMatchObject([
      { operation: "listInstances", status: 401, effects: [] },
      { operation: "unknown", status: 404, effects: [] },
      { operation: "deleteInstance", status: 404, workStatus: 404, effects: [] },
    ]);
    expect(simulator.ledger.entries[0]).not.toHaveProperty("tokenName");
    const { text } = await client.send("GET", "/_control/ledger");
    expect(text).not.toContain("nobody");
    expect(text).not.toContain(simulator.token);
  });

  it("is read from a sequence number on", async () => {
    await create();
    await create();
    const { json } = await client.send("GET", "/_control/ledger?since=1");
    expect(json).toMatchObject({ dropped: 0, entries: [{ seq: 2 }] });
  });

  it("never drops what had an effect for want of room", () => {
    const small = new Ledger(clock, 10);
    const facts = { method: "GET", path: "/", operation: "x", clientId: "c", faults: [] } as const;
    const effect = { what: "created", kind: "instance", id: 1, label: "x", atMs: 1 } as const;
    small.open({ source: "api", ...facts, effects: [effect] });
    for (let index = 0; index < 50; index += 1)
      small.open({ source: "api", ...facts, effects: [] });
    expect(small.entries.length).toBeLessThanOrEqual(11);
    expect(small.entries[0]).toMatchObject({ seq: 1 });
    expect(small.dropped + small.entries.length).toBe(51);
  });
});

describe("markerOf", () => {
  it.each([
    [`train ${MARKER}`, MARKER],
    ["train", undefined],
    ["train k8s-ABCDEFGHIJKL", undefined],
    ["train k8s-abcdefghijk1", undefined],
    [MARKER, undefined],
    [`train ${MARKER} more`, undefined],
  ])("reads %s", (label, marker) => {
    expect(markerOf(label)).toBe(marker);
  });
});

describe("mostAlivePerMarker", () => {
  it("finds a planted twin and how long it lived", async () => {
    const first = await create();
    clock.advance(1_000);
    const twin = await create();
    clock.advance(300);
    await client.send("DELETE", `/v1/instance/${twin}`);
    clock.advance(10_000);
    const facts = { kind: "instance", marker: MARKER, ids: [first, twin], mostAlive: 2 };
    expect(history()).toEqual([{ ...facts, longestTwinsMs: 350 }]);
    expect(history("deleting")).toEqual([{ ...facts, longestTwinsMs: 300 }]);
  });

  it("counts twins that are still there up to now", async () => {
    await create();
    await create();
    clock.advance(700);
    expect(history()).toMatchObject([{ mostAlive: 2, longestTwinsMs: 700 }]);
  });

  it("sees no twins in a successor", async () => {
    const first = await create();
    await client.send("DELETE", `/v1/instance/${first}`);
    clock.advance(50);
    await create();
    expect(history()).toMatchObject([{ mostAlive: 1, longestTwinsMs: 0, ids: [first, first + 1] }]);
  });

  it("sees twins in a successor made before the first was gone", async () => {
    const first = await create();
    await client.send("DELETE", `/v1/instance/${first}`);
    await create();
    clock.advance(5_000);
    expect(history()).toMatchObject([{ mostAlive: 2, longestTwinsMs: 50 }]);
    expect(history("deleting")).toMatchObject([{ mostAlive: 1, longestTwinsMs: 0 }]);
  });

  it("follows a label that a person changes", async () => {
    const first = await create();
    await create("other");
    simulator.perform({ action: "set-label", kind: "instance", id: first, label: "plain" });
    clock.advance(10);
    await create();
    expect(history()).toMatchObject([{ marker: MARKER, mostAlive: 1 }]);
    simulator.perform({
      action: "set-label",
      kind: "instance",
      id: first,
      label: `plain ${MARKER}`,
    });
    expect(history()).toMatchObject([{ mostAlive: 2 }]);
  });

  it("keeps kinds apart", async () => {
    await create();
    simulator.perform({ action: "create-storage", label: `data ${MARKER}` });
    expect(history()).toMatchObject([{ mostAlive: 1 }, { mostAlive: 1 }]);
  });
});
