import { describe, expect, it } from "vitest";
import { DelayHeap } from "../../../src/controller/delay-heap.ts";

describe("DelayHeap", () => {
  it("hands out what is due, the earliest first", () => {
    const heap = new DelayHeap();
    for (const dueMs of [50, 10, 40, 20, 30]) heap.push(`k${dueMs}`, dueMs);
    expect(heap.earliest).toBe(10);
    expect(heap.popDue(30)).toEqual(["k10", "k20", "k30"]);
    expect(heap.earliest).toBe(40);
    expect(heap.popDue(39)).toEqual([]);
    expect(heap.popDue(1_000)).toEqual(["k40", "k50"]);
    expect(heap.earliest).toBeUndefined();
  });

  it("knows a key once, with its earliest time", () => {
    const heap = new DelayHeap();
    heap.push("a", 20);
    heap.push("a", 10);
    heap.push("a", 30);
    expect(heap.popDue(15)).toEqual(["a"]);
    expect(heap.popDue(100)).toEqual([]);
  });

  it("forgets a key, wherever it stands", () => {
    const heap = new DelayHeap();
    for (const [index, key] of ["a", "b", "c"].entries()) heap.push(key, index);
    heap.delete("a");
    heap.delete("c");
    heap.delete("never there");
    expect(heap.earliest).toBe(1);
    expect(heap.popDue(100)).toEqual(["b"]);
  });

  it("takes a later time for a key that was forgotten, and the same time again", () => {
    const heap = new DelayHeap();
    heap.push("a", 10);
    heap.delete("a");
    heap.push("a", 20);
    expect(heap.earliest).toBe(20);
    heap.delete("a");
    heap.push("a", 20);
    expect(heap.popDue(20)).toEqual(["a"]);
    expect(heap.popDue(100)).toEqual([]);
  });

  it("keeps many in order", () => {
    const heap = new DelayHeap();
    // 7919 is a prime, so this visits every number below 1000 once, in disorder.
    for (let index = 0; index < 1_000; index += 1) {
      const dueMs = (index * 7919) % 1_000;
      heap.push(String(dueMs), dueMs);
    }
    const expected = Array.from({ length: 1_000 }, (_, index) => String(index));
    expect([...heap.popDue(499), ...heap.popDue(1_000)]).toEqual(expected);
  });
});
