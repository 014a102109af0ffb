import { describe, expect, it } from "vitest";
import { type Lane, LaneQueue, LANES, Slots } from "../../../src/provider/lane-queue.ts";

/** A queue that hands out names instead of requests. */
class Names {
  readonly slots = new Slots(8);
  readonly queue = new LaneQueue(this.slots);
  readonly #names = new Map<unknown, string>();

  add(name: string, lane: Lane): void {
    const run = async (): Promise<void> => undefined;
    this.#names.set(run, name);
    this.queue.enqueue(run, { priority: LANES.indexOf(lane), id: name });
  }

  next(): string | undefined {
    return this.#names.get(this.queue.dequeue());
  }

  rest(): string[] {
    const names: string[] = [];
    while (this.queue.size > 0) names.push(this.next() ?? "");
    return names;
  }
}

describe("LaneQueue", () => {
  it("takes the more urgent lane first, and in a lane the first that came", () => {
    const names = new Names();
    for (const lane of LANES.toReversed()) {
      names.add(`${lane} 1`, lane);
      if (lane === "stop" || lane === "create") names.add(`${lane} 2`, lane);
    }
    expect(names.rest()).toEqual([
      "stop 1",
      "stop 2",
      "list 1",
      "create 1",
      "create 2",
      "update 1",
      "observe 1",
    ]);
  });

  it("starves no lane: every eighth start is the longest-waiting one's", () => {
    const names = new Names();
    names.add("look", "observe");
    names.add("grow", "update");
    const taken: (string | undefined)[] = [];
    for (let turn = 0; turn < 16; turn += 1) {
      names.add("stop", "stop");
      taken.push(names.next());
    }
    expect(taken.indexOf("look")).toBe(7);
    expect(taken.indexOf("grow")).toBe(15);
  });

  it("counts what waits", () => {
    const names = new Names();
    names.add("a", "stop");
    names.add("b", "observe");
    names.add("c", "observe");
    expect(names.queue.size).toBe(3);
    expect(names.queue.filter({ priority: LANES.indexOf("observe") })).toHaveLength(2);
    expect(names.queue.filter({})).toHaveLength(3);
  });

  it("leaves the last slots to what saves money", async () => {
    const names = new Names();
    const { promise: held, resolve: free } = Promise.withResolvers<void>();
    const running = Array.from({ length: 8 }, () => names.slots.during("observe", () => held));
    names.add("look", "observe");
    names.add("stop", "stop");
    expect(names.queue.size).toBe(1);
    expect(names.next()).toBe("stop");
    expect(names.next()).toBeUndefined();
    free();
    await Promise.all(running);
    expect(names.next()).toBe("look");
  });

  it("lets one go that has been given up", () => {
    const names = new Names();
    names.add("a", "create");
    names.add("b", "create");
    names.queue.remove("a");
    names.queue.remove("never there");
    expect(names.rest()).toEqual(["b"]);
  });

  it("hands out nothing when it is empty", () => {
    expect(new LaneQueue(new Slots(1)).dequeue()).toBeUndefined();
  });
});
