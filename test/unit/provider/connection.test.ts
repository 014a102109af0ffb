import { beforeEach, describe, expect, it, vi } from "vitest";
import type { RemoteThing } from "../../../src/core/observation.ts";
import { Connection } from "../../../src/provider/connection.ts";
import type { RemoteKind } from "../../../src/provider/port.ts";
import type { SnapshotChanges } from "../../../src/provider/snapshot.ts";
import { Trust } from "../../../src/provider/trust.ts";
import { thing } from "../core/situations.ts";

const TEN = Array.from({ length: 10 }, (_, index) => thing(String(index + 1)));

let nowMs: number;
let listed: readonly RemoteThing[];
let recorded: string[];
const onChanges = vi.fn<(changes: SnapshotChanges) => void>();
const onSuspicion = vi.fn<(suspicion: string | undefined) => void>();

function connect(): Connection {
  const remote: RemoteKind = {
    credential: "first",
    list: async () => listed,
    get: async () => undefined,
    create: async () => thing("1"),
    change: async () => undefined,
    remove: async () => true,
  };
  return new Connection({
    remote,
    kind: "HpcInstance",
    trust: new Trust(onSuspicion),
    expectedIds: () => recorded,
    onChanges,
    timing: { activeMs: 4, restMs: 40, quietMs: 100 },
    signal: new AbortController().signal,
    now: () => nowMs,
    random: () => 0,
    onStale: () => undefined,
    onRecovery: () => undefined,
  });
}

async function look(connection: Connection, things: readonly RemoteThing[]): Promise<void> {
  nowMs += 1_000;
  listed = things;
  await connection.snapshots.listedSince(nowMs);
}

beforeEach(() => {
  nowMs = 0;
  recorded = TEN.map(({ id }) => id);
  vi.clearAllMocks();
});

describe("Connection", () => {
  it("trusts a list that shows what is known", async () => {
    const connection = connect();
    await look(connection, TEN);
    expect(connection.suspicion).toBeUndefined();
    expect(onSuspicion).not.toHaveBeenCalled();
  });

  it("turns suspect, and says so once, when much of what is known is missing", async () => {
    const connection = connect();
    await look(connection, TEN);
    await look(connection, []);
    await look(connection, []);
    expect(connection.suspicion).toMatch(/lists 0 of 10/);
    expect(onSuspicion.mock.calls).toEqual([[connection.suspicion]]);
  });

  it("turns suspect on the very first look too, when the wrong token was mounted at start", async () => {
    const connection = connect();
    await look(connection, [thing("77")]);
    expect(connection.suspicion).toBeDefined();
  });

  it("trusts again after two lists that agree, and says so once", async () => {
    const connection = connect();
    await look(connection, []);
    await look(connection, TEN);
    expect(connection.suspicion).toBeDefined();
    await look(connection, TEN);
    expect(connection.suspicion).toBeUndefined();
    expect(onSuspicion).toHaveBeenCalledTimes(2);
    expect(onSuspicion).toHaveBeenLastCalledWith(undefined);
  });

  it("counts what is recorded at the time of each look", async () => {
    const connection = connect();
    recorded = [];
    await look(connection, []);
    expect(connection.suspicion).toBeUndefined();
  });

  it("is suspect before anybody is woken by what the list shows", async () => {
    const connection = connect();
    await look(connection, TEN);
    const seen: (string | undefined)[] = [];
    onChanges.mockImplementationOnce(() => seen.push(connection.suspicion));
    await look(connection, []);
    expect(seen).toEqual([expect.any(String)]);
  });

  it("tells what changed, suspect or not", async () => {
    const connection = connect();
    await look(connection, TEN);
    await look(connection, []);
    expect(onChanges).toHaveBeenCalledTimes(2);
    expect(onChanges.mock.lastCall?.[0].ids.size).toBe(10);
  });

  it("turns suspect where all of a few are missing", async () => {
    recorded = ["1", "2"];
    const connection = connect();
    await look(connection, []);
    expect(connection.suspicion).toMatch(/lists 0 of 2/);
  });

  it("takes what is missing in a list that it believes for gone, and counts it no more", async () => {
    const connection = connect();
    for (const rest of [5, 4, 3, 2, 1]) {
      await look(connection, TEN.slice(0, rest));
      expect(connection.suspicion).toBeUndefined();
    }
  });

  it("expects again what came back", async () => {
    const connection = connect();
    await look(connection, TEN.slice(0, 5));
    await look(connection, TEN);
    await look(connection, TEN.slice(0, 4));
    expect(connection.suspicion).toMatch(/lists 4 of 10/);
  });

  it("refuses to go on with another credential than was seen with", () => {
    const connection = connect();
    expect(() => connection.requireCredential("first")).not.toThrow();
    expect(() => connection.requireCredential("second")).toThrow(/replaced/);
  });
});
