import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { URGENCIES, type Urgency, Workqueue } from "../../../src/controller/workqueue.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function queueOf(random = 1): Workqueue {
  return new Workqueue({ now: () => performance.now(), random: () => random });
}

/** A worker that takes one key and remembers when it got it. */
function worker(queue: Workqueue): { key?: string | undefined; isSentHome: boolean } {
  const taken: { key?: string | undefined; isSentHome: boolean } = { isSentHome: false };
  const take = async (): Promise<void> => {
    taken.key = await queue.take();
    taken.isSentHome = taken.key === undefined;
  };
  void take();
  return taken;
}

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe("Workqueue", () => {
  it("hands out keys in the order in which they came, each once", async () => {
    const queue = queueOf();
    for (const key of ["a", "b", "a", "b"]) queue.add(key);
    expect(queue.size).toBe(2);
    expect([await queue.take(), await queue.take()]).toEqual(["a", "b"]);
    expect(queue.size).toBe(0);
  });

  it("gives a waiting worker the next key at once", async () => {
    const queue = queueOf();
    const taken = worker(queue);
    queue.add("a");
    await settle();
    expect(taken.key).toBe("a");
  });

  it("asks whether a key is wanted only when nobody works on it any more", async () => {
    for (const isWanted of [true, false]) {
      const queue = queueOf();
      const ask = vi.fn(() => isWanted);
      queue.addIf("a", () => true);
      expect(await queue.take(), "where nobody works on it, at once").toBe("a");

      queue.addIf("a", ask);
      expect(ask).not.toHaveBeenCalled();
      queue.done("a");

      expect([ask.mock.calls.length, queue.size]).toEqual([1, isWanted ? 1 : 0]);
      queue.addIf("b", () => false);
      expect(queue.size).toBe(isWanted ? 1 : 0);
    }
  });

  it("never gives a key to two workers at a time, and misses no change", async () => {
    const queue = queueOf();
    queue.add("a");
    await queue.take();
    const second = worker(queue);
    queue.add("a");
    queue.add("a");
    await settle();
    expect(second.key).toBeUndefined();

    queue.done("a");
    await settle();
    expect(second.key).toBe("a");

    const third = worker(queue);
    queue.done("a");
    await settle();
    expect(third.key, "two changes are one more turn").toBeUndefined();
  });

  it("does not hand out a key again that nobody added meanwhile", async () => {
    const queue = queueOf();
    queue.add("a");
    await queue.take();
    queue.done("a");
    expect(queue.size).toBe(0);
  });

  it("takes a key again after it is done", async () => {
    const queue = queueOf();
    queue.add("a");
    await queue.take();
    queue.done("a");
    queue.add("a");
    expect(await queue.take()).toBe("a");
  });
});

describe("Workqueue.addAfter", () => {
  it("adds when the time has come, not before", async () => {
    const queue = queueOf();
    queue.addAfter("a", 1_000);
    await vi.advanceTimersByTimeAsync(999);
    expect(queue.size).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(queue.size).toBe(1);
  });

  it.each([
    [1_000, 50],
    [50, 1_000],
  ])("lets the earliest of several times count: %d and %d", async (...delays) => {
    const queue = queueOf();
    for (const delayMs of delays) queue.addAfter("a", delayMs);
    await vi.advanceTimersByTimeAsync(50);
    expect(await queue.take()).toBe("a");
    queue.done("a");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(queue.size, "the later time is void").toBe(0);
  });

  it.each([0, -5])("adds at once after %d ms", (delayMs) => {
    const queue = queueOf();
    queue.addAfter("a", delayMs);
    expect(queue.size).toBe(1);
  });

  it("forgets the later time of a key that is added before", async () => {
    const queue = queueOf();
    queue.addAfter("a", 1_000);
    queue.add("a");
    await queue.take();
    queue.done("a");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(queue.size).toBe(0);
  });

  it("waits for the worker where the key is being worked on when its time comes", async () => {
    const queue = queueOf();
    queue.add("a");
    await queue.take();
    queue.addAfter("a", 10);
    await vi.advanceTimersByTimeAsync(20);
    expect(queue.size).toBe(0);
    queue.done("a");
    expect(queue.size).toBe(1);
  });

  it("has one timer for all", () => {
    const queue = queueOf();
    for (let index = 1; index <= 100; index += 1) queue.addAfter(`k${index}`, index);
    expect(vi.getTimerCount()).toBe(1);
  });

  it.each([2 ** 31, 1e15, Infinity])("does not spin where the time is %d ms away", async (ms) => {
    const queue = queueOf();
    const timers = vi.spyOn(globalThis, "setTimeout");
    queue.addAfter("a", ms);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(timers.mock.calls.map(([, waitMs]) => waitMs)).toEqual([2 ** 31 - 1]);
    expect(queue.size).toBe(0);
    timers.mockRestore();
    queue.shutDown();
  });
});

describe("Workqueue.addRateLimited", () => {
  it("waits twice as long after each failure, a minute at the most", async () => {
    const queue = queueOf();
    const waits: number[] = [];
    for (let failures = 1; failures <= 16; failures += 1) {
      const startedMs = performance.now();
      queue.addRateLimited("a");
      await vi.advanceTimersToNextTimerAsync();
      waits.push(performance.now() - startedMs);
      await queue.take();
      queue.done("a");
    }
    expect(waits.slice(0, 5)).toEqual([5, 10, 20, 40, 80]);
    expect(waits.slice(-2)).toEqual([60_000, 60_000]);
  });

  it("starts anew after a success", async () => {
    const queue = queueOf();
    queue.addRateLimited("a");
    queue.addRateLimited("b");
    await vi.advanceTimersByTimeAsync(5);
    queue.forget("a");
    for (const key of [await queue.take(), await queue.take()]) queue.done(key ?? "");
    queue.addRateLimited("a");
    queue.addRateLimited("b");
    await vi.advanceTimersByTimeAsync(5);
    expect([await queue.take(), queue.size]).toEqual(["a", 0]);
  });
});

describe("Workqueue.shutDown", () => {
  it("sends waiting workers home, and those who come later", async () => {
    const queue = queueOf();
    const waiting = worker(queue);
    queue.shutDown();
    const late = worker(queue);
    await settle();
    expect([waiting.isSentHome, late.isSentHome]).toEqual([true, true]);
  });

  it("takes nothing more in, and lets work end", async () => {
    const queue = queueOf();
    queue.add("a");
    await queue.take();
    queue.add("a");
    queue.addAfter("b", 10);
    queue.shutDown();
    queue.add("c");
    queue.addAfter("d", 1);
    queue.addRateLimited("e");
    queue.done("a");
    expect([queue.size, vi.getTimerCount()]).toEqual([0, 0]);
    expect(await queue.take()).toBeUndefined();
  });

  it("hands out what saves money first, then what is awaited", async () => {
    const queue = urgentQueue();
    for (const key of ["leisure 1", "awaited 1", "saves 1", "leisure 2", "saves 2"]) queue.add(key);
    const taken: (string | undefined)[] = [];
    for (let turn = 0; turn < 5; turn += 1) taken.push(await queue.take());
    expect(taken).toEqual(["saves 1", "saves 2", "awaited 1", "leisure 1", "leisure 2"]);
  });

  it("starves nothing: every eighth key is the least urgent that waits", async () => {
    const queue = urgentQueue();
    queue.add("leisure");
    const taken: (string | undefined)[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      queue.add(`saves ${turn}`);
      taken.push(await queue.take());
    }
    expect(taken.indexOf("leisure")).toBe(7);
  });

  it("keeps a worker for what saves money, whatever else waits", async () => {
    const queue = urgentQueue();
    const kept = queue.take("saves money");
    queue.add("leisure");
    queue.add("awaited");
    await settle();
    expect(queue.size).toBe(2);
    queue.add("saves");
    expect(await kept).toBe("saves");
  });

  it("leaves other workers free where one for the urgent waits", async () => {
    const queue = urgentQueue();
    const any = queue.take();
    const kept = queue.take("saves money");
    queue.add("saves");
    expect(await kept).toBe("saves");
    queue.add("leisure");
    expect(await any).toBe("leisure");
  });

  it("moves a key up when it has become more urgent, and still hands it out once", async () => {
    let urgency: Urgency = "at leisure";
    const queue = new Workqueue({ now: () => 0, random: () => 1, urgencyOf: () => urgency });
    queue.add("a");
    queue.add("b");
    urgency = "saves money";
    queue.add("b");
    expect([await queue.take(), await queue.take()]).toEqual(["b", "a"]);
    expect(queue.isBusy).toBe(true);
    queue.done("a");
    queue.done("b");
    expect(queue.isBusy).toBe(false);
  });
});

/** A key's first word is its urgency. */
function urgentQueue(): Workqueue {
  const urgencyOf = (key: string): Urgency =>
    URGENCIES.find((urgency) => urgency.includes(key.split(" ")[0] ?? "")) ?? "at leisure";
  return new Workqueue({ now: () => performance.now(), random: () => 1, urgencyOf });
}

describe("whoever counts", () => {
  it("is told of each key's way once, and for how long it waited and was worked on", async () => {
    let nowMs = 0;
    const told: string[] = [];
    const observer = {
      added: () => void told.push("added"),
      taken: (ms: number) => void told.push(`taken after ${ms}`),
      done: (ms: number) => void told.push(`done after ${ms}`),
      retried: () => void told.push("retried"),
    };
    const queue = new Workqueue({ now: () => nowMs, random: () => 0, observer });
    queue.add("a");
    queue.add("a");
    nowMs = 40;
    await queue.take();
    nowMs = 100;
    // It came while it was worked on, and waits from then.
    queue.add("a");
    nowMs = 130;
    expect(queue.runningMs()).toEqual([90]);
    queue.done("a");
    await queue.take();
    queue.addRateLimited("a");
    queue.shutDown();

    expect(told).toEqual([
      "added",
      "taken after 40",
      "added",
      "done after 90",
      "taken after 30",
      "retried",
    ]);
  });
});
