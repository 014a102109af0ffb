import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TICKS_UNTIL_UNKNOWN } from "../../../src/core/failure.ts";
import type { RemoteThing } from "../../../src/core/observation.ts";
import { Snapshots, type SnapshotsOptions } from "../../../src/provider/snapshots.ts";
import { thing } from "../core/situations.ts";

/** A quarter of the active interval lies between two looks; here that is a millisecond. */
const TIMING = { activeMs: 4, restMs: 40, quietMs: 1_000 };

/** A list request that the test answers. */
type Request = PromiseWithResolvers<readonly RemoteThing[]>;

let nowMs: number;
let requests: Request[];
let credential: string | undefined;
let stop: AbortController;
const onLook = vi.fn<SnapshotsOptions["onLook"]>();
const onStale = vi.fn<() => void>();
const onRecovery = vi.fn<() => void>();

function snapshotsOf(options: Partial<SnapshotsOptions> = {}): Snapshots {
  return new Snapshots({
    remote: {
      get credential() {
        return credential;
      },
      list: () => {
        const sent = Promise.withResolvers<readonly RemoteThing[]>();
        requests.push(sent);
        return sent.promise;
      },
    },
    timing: TIMING,
    signal: stop.signal,
    now: () => nowMs,
    random: () => 1,
    onLook,
    onStale,
    onRecovery,
    ...options,
  });
}

/** The nth request, once it was sent. */
async function request(number: number): Promise<Request> {
  return vi.waitFor(() => requests[number - 1] ?? expect.unreachable(`no request ${number}`));
}

async function fail(snapshots: Snapshots, number: number, error: Error): Promise<void> {
  const look = snapshots.listedSince(nowMs);
  (await request(number)).reject(error);
  await expect(look).rejects.toBe(error);
}

beforeEach(() => {
  nowMs = 1_000;
  requests = [];
  credential = "first";
  stop = new AbortController();
  vi.clearAllMocks();
});

afterEach(() => stop.abort());

describe("Snapshots.listedSince", () => {
  it("asks once for all who come before the request leaves", async () => {
    const snapshots = snapshotsOf();
    const looks = Promise.all([1, 2, 3].map(() => snapshots.listedSince(1_000)));
    (await request(1)).resolve([thing("1")]);
    const [first, ...others] = await looks;
    expect(first?.lookedAtMs).toBe(1_000);
    expect(others).toEqual([first, first]);
    expect(requests).toHaveLength(1);
    expect(onLook).toHaveBeenCalledOnce();
  });

  it("shares a request that is under way and began late enough", async () => {
    const snapshots = snapshotsOf();
    const first = snapshots.listedSince(1_000);
    await request(1);
    nowMs = 2_000;
    const second = snapshots.listedSince(1_000);
    (await request(1)).resolve([]);
    expect(await second).toBe(await first);
    expect(requests).toHaveLength(1);
  });

  it("asks nobody where the latest snapshot began late enough", async () => {
    const snapshots = snapshotsOf();
    const look = snapshots.listedSince(1_000);
    (await request(1)).resolve([]);
    expect(await snapshots.listedSince(1_000)).toBe(await look);
    expect(await snapshots.listedSince(-Infinity)).toBe(snapshots.latest);
    expect(requests).toHaveLength(1);
  });

  it("never uses a snapshot that began a millisecond too early", async () => {
    const snapshots = snapshotsOf();
    const old = snapshots.listedSince(1_000);
    (await request(1)).resolve([]);
    await old;
    nowMs = 1_001;
    const look = snapshots.listedSince(1_001);
    (await request(2)).resolve([thing("1")]);
    expect((await look).size).toBe(1);
  });

  it("lets whoever needs a later look wait for one that all of them share", async () => {
    const snapshots = snapshotsOf();
    const early = snapshots.listedSince(1_000);
    await request(1);
    nowMs = 2_000;
    const later = [1, 2, 3].map(() => snapshots.listedSince(1_500));
    expect(requests).toHaveLength(1);
    (await request(1)).resolve([]);
    expect((await early).lookedAtMs).toBe(1_000);
    (await request(2)).resolve([thing("1")]);
    for (const look of later) expect((await look).lookedAtMs).toBe(2_000);
    expect(requests).toHaveLength(2);
  });

  it("counts a look from when its request began, not from when the answer came", async () => {
    const snapshots = snapshotsOf();
    const look = snapshots.listedSince(1_000);
    const sent = await request(1);
    nowMs = 9_000;
    sent.resolve([]);
    expect((await look).lookedAtMs).toBe(1_000);
    expect(snapshots.unseenForMs).toBe(8_000);
  });

  it("tells all who wait of a failure", async () => {
    const snapshots = snapshotsOf();
    const failure = new Error("502");
    const looks = Promise.allSettled([1, 2].map(() => snapshots.listedSince(1_000)));
    (await request(1)).reject(failure);
    for (const look of await looks) expect(look).toMatchObject({ reason: failure });
    expect(snapshots.latest).toBeUndefined();
    expect(onLook).not.toHaveBeenCalled();
  });

  it("remembers a failure and does not ask again before its time", async () => {
    const snapshots = snapshotsOf();
    const failure = new Error("502");
    await fail(snapshots, 1, failure);
    nowMs += TIMING.activeMs - 1;
    await expect(snapshots.listedSince(nowMs)).rejects.toBe(failure);
    expect(requests).toHaveLength(1);
    nowMs += 1;
    const look = snapshots.listedSince(nowMs);
    (await request(2)).resolve([]);
    await look;
  });

  it("waits longer after each failure in a row", async () => {
    const snapshots = snapshotsOf();
    const failure = new Error("502");
    await fail(snapshots, 1, failure);
    nowMs += TIMING.activeMs;
    await fail(snapshots, 2, failure);
    nowMs += TIMING.activeMs;
    await expect(snapshots.listedSince(nowMs)).rejects.toBe(failure);
    expect(requests).toHaveLength(2);
  });

  it("still serves what was seen before the failure to those it is good enough for", async () => {
    const snapshots = snapshotsOf();
    const look = snapshots.listedSince(1_000);
    (await request(1)).resolve([thing("1")]);
    await look;
    nowMs = 2_000;
    await fail(snapshots, 2, new Error("502"));
    expect((await snapshots.listedSince(1_000)).size).toBe(1);
  });

  it("tells what changed since the look before", async () => {
    const snapshots = snapshotsOf();
    const first = snapshots.listedSince(1_000);
    (await request(1)).resolve([thing("1"), thing("2")]);
    await first;
    nowMs = 2_000;
    const second = snapshots.listedSince(2_000);
    (await request(2)).resolve([thing("1")]);
    await second;
    expect(onLook.mock.calls.map(([, { ids }]) => ids)).toEqual([
      new Set(["1", "2"]),
      new Set(["2"]),
    ]);
  });
});

describe("Snapshots and the credential", () => {
  it("does not show what another credential saw", async () => {
    const snapshots = snapshotsOf();
    const first = snapshots.listedSince(nowMs);
    (await request(1)).resolve([thing("1")]);
    await first;
    credential = "second";
    const second = snapshots.listedSince(nowMs - 1);
    (await request(2)).resolve([]);
    expect(await second).toMatchObject({ credential: "second", size: 0 });
  });

  it("refuses a list during which the credential was replaced", async () => {
    const snapshots = snapshotsOf();
    const look = snapshots.listedSince(nowMs);
    const sent = await request(1);
    credential = "second";
    sent.resolve([]);
    await expect(look).rejects.toMatchObject({ kind: "unavailable" });
    expect(snapshots.latest).toBeUndefined();
  });
});

describe("Snapshots that fail for long", () => {
  const now = (): number => performance.now();
  const TWO_TICKS_MS = TICKS_UNTIL_UNKNOWN * TIMING.restMs;

  it("says once that nothing was seen for two ticks, and once that it is seen again", async () => {
    let isDown = true;
    const list = async (): Promise<RemoteThing[]> => {
      if (isDown) throw new Error("502");
      return [];
    };
    const startedMs = now();
    const running = snapshotsOf({ remote: { credential: "first", list }, now }).run();
    await vi.waitFor(() => expect(onStale).toHaveBeenCalledOnce(), 5_000);
    expect(now() - startedMs).toBeGreaterThanOrEqual(TWO_TICKS_MS);
    await delay(2 * TWO_TICKS_MS);
    expect(onStale).toHaveBeenCalledOnce();
    expect(onRecovery).not.toHaveBeenCalled();

    isDown = false;
    await vi.waitFor(() => expect(onRecovery).toHaveBeenCalledOnce(), 5_000);
    isDown = true;
    await vi.waitFor(() => expect(onStale).toHaveBeenCalledTimes(2), 5_000);
    stop.abort();
    await running;
  });

  it("says so where no look ends at all", async () => {
    const list = (): Promise<RemoteThing[]> => new Promise(() => undefined);
    void snapshotsOf({ remote: { credential: "first", list }, now }).run();
    await vi.waitFor(() => expect(onStale).toHaveBeenCalledOnce(), 5_000);
  });

  it("has nothing to say of a recovery where nothing had failed", async () => {
    const snapshots = snapshotsOf();
    const look = snapshots.listedSince(nowMs);
    (await request(1)).resolve([]);
    await look;
    expect(onRecovery).not.toHaveBeenCalled();
  });
});

describe("Snapshots.run", () => {
  const now = (): number => performance.now();

  it("looks tick by tick until it is stopped", async () => {
    const began: number[] = [];
    const list = async (): Promise<RemoteThing[]> => {
      began.push(now());
      return [];
    };
    const running = snapshotsOf({ remote: { credential: "first", list }, now }).run();
    await vi.waitFor(() => expect(began.length).toBeGreaterThanOrEqual(4), 5_000);
    stop.abort();
    await running;
    const gaps = began.slice(1).map((at, index) => at - (began[index] ?? 0));
    // A timer may fire up to a millisecond early.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(TIMING.restMs - 2);
    const looks = began.length;
    await new Promise(setImmediate);
    expect(began).toHaveLength(looks);
  });

  it("goes on after failures", async () => {
    let attempts = 0;
    const list = async (): Promise<RemoteThing[]> => {
      attempts += 1;
      if (attempts < 3) throw new Error("502");
      return [];
    };
    const running = snapshotsOf({ remote: { credential: "first", list }, now }).run();
    await vi.waitFor(() => expect(onRecovery).toHaveBeenCalledOnce(), 5_000);
    stop.abort();
    await running;
  });

  it("hands its signal to the request, so that stopping ends it", async () => {
    const list = (signal: AbortSignal): Promise<RemoteThing[]> => {
      const { promise, reject } = Promise.withResolvers<RemoteThing[]>();
      signal.addEventListener("abort", () => reject(new Error("aborted")));
      queueMicrotask(() => stop.abort());
      return promise;
    };
    await snapshotsOf({ remote: { credential: "first", list }, now }).run();
  });
});
