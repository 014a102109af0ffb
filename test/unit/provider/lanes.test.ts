import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Lanes } from "../../../src/provider/lanes.ts";

const SIGNAL = new AbortController().signal;
const nothing = async (): Promise<void> => undefined;

function lanesOf(options: Partial<ConstructorParameters<typeof Lanes>[0]> = {}): Lanes {
  return new Lanes({
    requestsPerSecond: 1_000,
    concurrency: 1,
    patienceMs: Infinity,
    now: () => performance.now(),
    random: () => 0,
    ...options,
  });
}

/** A request that goes on until it is told to end. */
function held(): { readonly run: () => Promise<void>; readonly end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { run: () => promise, end: resolve };
}

describe("Lanes", () => {
  it("starts create before update before observe", async () => {
    const lanes = lanesOf();
    const first = held();
    const started: string[] = [];
    const running = lanes.run("observe", SIGNAL, first.run);
    const ordinary = ["observe", "update", "create"] as const;
    const others = ordinary.map((lane) => lanes.run(lane, SIGNAL, async () => started.push(lane)));
    first.end();
    await Promise.all([running, ...others]);
    expect(started).toEqual(["create", "update", "observe"]);
  });

  it.each(["stop", "list"] as const)("lets %s past answers that do not come", async (lane) => {
    const lanes = lanesOf();
    const slow = held();
    const running = lanes.run("create", SIGNAL, slow.run);
    await lanes.run(lane, SIGNAL, nothing);
    slow.end();
    await running;
  });

  it("runs no more at a time than it may", async () => {
    const lanes = lanesOf({ concurrency: 2 });
    let running = 0;
    let most = 0;
    const request = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => lanes.run("observe", SIGNAL, request)));
    expect(most).toBe(2);
  });

  it("passes on what a request returns and what it throws", async () => {
    const lanes = lanesOf();
    await expect(lanes.run("stop", SIGNAL, async () => 42)).resolves.toBe(42);
    const failure = new Error("refused");
    await expect(lanes.run("stop", SIGNAL, () => Promise.reject(failure))).rejects.toBe(failure);
    await expect(lanes.run("stop", SIGNAL, nothing)).resolves.toBeUndefined();
  });

  it("never starts a request whose signal aborts while it waits", async () => {
    const lanes = lanesOf();
    const first = held();
    const running = lanes.run("create", SIGNAL, first.run);
    const stop = new AbortController();
    const request = vi.fn(nothing);
    const waiting = lanes.run("create", stop.signal, request);
    stop.abort(new Error("stopping"));
    await expect(waiting).rejects.toThrow("stopping");
    expect(lanes.size).toBe(0);
    first.end();
    await running;
    await lanes.run("observe", SIGNAL, nothing);
    expect(request).not.toHaveBeenCalled();
  });

  it("does not even queue a request whose signal was aborted before", async () => {
    const request = vi.fn(nothing);
    const aborted = AbortSignal.abort(new Error("stopped"));
    await expect(lanesOf().run("create", aborted, request)).rejects.toThrow("stopped");
    expect(request).not.toHaveBeenCalled();
  });

  it("does not give up a running request, nor its slot, when the signal aborts", async () => {
    const lanes = lanesOf();
    const first = held();
    const stop = new AbortController();
    const running = lanes.run("create", stop.signal, async () => {
      await first.run();
      return "made";
    });
    const next = vi.fn(nothing);
    const waiting = lanes.run("create", SIGNAL, next);
    stop.abort(new Error("stopping"));
    await new Promise(setImmediate);
    expect(next).not.toHaveBeenCalled();
    first.end();
    await expect(running).resolves.toBe("made");
    await waiting;
  });
});

describe("whoever counts waits", () => {
  it("is told of each turn, and how long it was waited for", async () => {
    let nowMs = 0;
    const turns: unknown[] = [];
    const onTurn = (...turn: unknown[]): void => void turns.push(turn);
    const lanes = lanesOf({ now: () => nowMs, onTurn });
    const slow = held();
    const running = lanes.run("observe", SIGNAL, slow.run);
    const next = lanes.run("create", SIGNAL, nothing);
    nowMs = 700;
    slow.end();
    await Promise.all([running, next]);
    lanes.close();

    expect(turns).toEqual([
      ["observe", 0],
      ["create", 700],
    ]);
  });
});

describe("Lanes under load", () => {
  it("sends what saves money at once, behind any number of slow requests", async () => {
    const lanes = lanesOf({ concurrency: 2 });
    const slow = held();
    const others = Array.from({ length: 50 }, () => lanes.run("create", SIGNAL, slow.run));
    expect(lanes.waiting("create")).toBe(48);
    await lanes.run("stop", SIGNAL, nothing);
    expect(lanes.waiting("create")).toBe(48);
    slow.end();
    await Promise.all(others);
    expect(lanes.size).toBe(0);
  });
});

describe("Lanes over time", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("starts no more than the cap in any second", async () => {
    const lanes = lanesOf({ requestsPerSecond: 5, concurrency: 100 });
    const startedAt: number[] = [];
    const all = Promise.all(
      Array.from({ length: 23 }, () =>
        lanes.run("observe", SIGNAL, async () => startedAt.push(Date.now())),
      ),
    );
    await vi.advanceTimersByTimeAsync(6_000);
    await all;
    for (const start of startedAt) {
      const inWindow = startedAt.filter((at) => at >= start && at < start + 1_000);
      expect(inWindow.length).toBeLessThanOrEqual(5);
    }
    expect((startedAt.at(-1) ?? 0) - (startedAt[0] ?? 0)).toBeLessThan(5_000);
  });

  it.each([
    ["as long as it is told to", 60_000, 0, 60_000],
    ["up to a tenth longer, so that not all come back at once", 60_000, 0.5, 63_000],
    ["ten minutes at the most", 1e12, 0, 600_000],
    ["ten minutes at the most, whatever it is told", Infinity, 0, 600_000],
  ])("pauses %s", async (_, forMs, random, expectedMs) => {
    const lanes = lanesOf({ random: () => random });
    const request = vi.fn(nothing);
    lanes.pause(forMs);
    const waiting = lanes.run("stop", SIGNAL, request);
    await vi.advanceTimersByTimeAsync(expectedMs - 10);
    expect(request).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(20);
    await waiting;
  });

  it.each([0, -1_000])("goes on at once after a pause of %d ms", async (forMs) => {
    const lanes = lanesOf();
    lanes.pause(forMs);
    const waiting = lanes.run("stop", SIGNAL, nothing);
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
  });

  it("refuses at once what would have to wait longer than it has patience", async () => {
    const lanes = lanesOf({ patienceMs: 1_000 });
    lanes.pause(60_000);
    await expect(lanes.run("observe", SIGNAL, nothing)).rejects.toMatchObject({
      kind: "rate-limited",
      retryAfterMs: 60_000,
    });
    await vi.advanceTimersByTimeAsync(59_500);
    const waiting = lanes.run("observe", SIGNAL, nothing);
    await vi.advanceTimersByTimeAsync(1_000);
    await waiting;
  });

  it("starts as many as ever where the wall clock is put back", async () => {
    const lanes = lanesOf({ requestsPerSecond: 2 });
    const run = (): Promise<void> => lanes.run("observe", SIGNAL, nothing);
    await Promise.all([run(), run()]);
    vi.setSystemTime(Date.now() - 3_600_000);
    const third = run();
    await vi.advanceTimersByTimeAsync(1_001);
    await third;
  });

  it("does not let a short pause end a long one", async () => {
    const lanes = lanesOf();
    const request = vi.fn(nothing);
    lanes.pause(60_000);
    lanes.pause(1_000);
    const waiting = lanes.run("stop", SIGNAL, request);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(request).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2_000);
    await waiting;
  });

  it("leaves no timer behind when it is closed", () => {
    const lanes = lanesOf();
    lanes.pause(60_000);
    lanes.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
