import { beforeEach, describe, expect, it } from "vitest";
import { RateWindow } from "../../../src/provider/rate-window.ts";

let nowMs: number;
let window: RateWindow;

beforeEach(() => {
  nowMs = 1_000_000;
  window = new RateWindow(20, () => nowMs);
});

describe("RateWindow", () => {
  it("lets as many start in any second as configured", () => {
    for (let start = 0; start < 20; start += 1) {
      expect(window.waitMs).toBe(0);
      window.take();
      nowMs += 10;
    }
    expect(window.left).toBe(0);
    expect(window.waitMs).toBe(800);
    nowMs += 800;
    expect(window.waitMs).toBe(0);
    expect(window.left).toBe(1);
  });

  it("lets half as many start after a 429, however many came at once", () => {
    for (let answer = 0; answer < 8; answer += 1) window.lower();
    expect(window.perSecond).toBe(10);
    nowMs += 1_000;
    window.lower();
    expect(window.perSecond).toBe(5);
  });

  it("keeps a tenth of the rate, whatever is answered", () => {
    for (let answer = 0; answer < 10; answer += 1) {
      window.lower();
      nowMs += 1_000;
    }
    expect(window.perSecond).toBe(2);
    expect(window.waitMs).toBe(0);
  });

  it("raises the rate slowly, and no further than configured", () => {
    window.lower();
    const rates = Array.from({ length: 7 }, () => {
      nowMs += 10_000;
      return window.perSecond;
    });
    expect(rates).toEqual([12, 14, 16, 18, 20, 20, 20]);
  });

  it("goes down from where it has come to", () => {
    window.lower();
    nowMs += 20_000;
    window.lower();
    expect(window.perSecond).toBe(7);
  });

  it("raises a rate of one request a second, too", () => {
    window = new RateWindow(1, () => nowMs);
    window.lower();
    expect(window.perSecond).toBe(1);
  });
});
