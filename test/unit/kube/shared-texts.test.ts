import { describe, expect, it } from "vitest";
import { SharedTexts } from "../../../src/kube/shared-texts.ts";

describe("SharedTexts", () => {
  it("changes nothing that can be seen, however deep", () => {
    const texts = new SharedTexts();
    const value = (): unknown => ({
      a: ["x", { b: "x", c: null, d: 1, e: "long".repeat(100) }],
      f: { g: [] },
    });
    texts.shared(value());
    expect(texts.shared(value())).toEqual(value());
    expect(texts.shared("x")).toBe("x");
    expect(texts.shared(null)).toBeNull();
  });

  it("is right about more texts than it has room for", () => {
    const texts = new SharedTexts();
    for (let round = 0; round < 2; round += 1)
      for (let index = 0; index < 5_000; index += 1)
        expect(texts.shared({ a: `text ${index}` })).toEqual({ a: `text ${index}` });
  });
});
