import { describe, expect, it } from "vitest";
import {
  labelWithMarker,
  labelWithoutMarker,
  MARKER_SUFFIX_LENGTH,
  markerFor,
  markerOf,
} from "../../../src/core/marker.ts";

const OWNER = { ownerId: "owner", kind: "HpcInstance", namespace: "default", name: "train" };

describe("markerFor", () => {
  it("gives the same owner and name the same marker in every version of the operator", () => {
    // Written down once: a change of this value would orphan everything that runs.
    expect(markerFor(OWNER)).toBe("k8s-kub7mcclqn7f");
  });

  it.each([
    ["owner id", { ownerId: "other" }],
    ["kind", { kind: "HpcStorage" }],
    ["namespace", { namespace: "team" }],
    ["name", { name: "train2" }],
  ])("differs with another %s", (_, change) => {
    expect(markerFor({ ...OWNER, ...change })).not.toBe(markerFor(OWNER));
  });

  it("keeps the parts apart, so that none can pass for its neighbour", () => {
    const one = markerFor({ ...OWNER, namespace: "a", name: "b-c" });
    const other = markerFor({ ...OWNER, namespace: "a-b", name: "c" });
    expect(one).not.toBe(other);
  });

  it("is found again at the end of every label it was joined to", () => {
    for (let index = 0; index < 500; index += 1) {
      const marker = markerFor({ ...OWNER, name: `n${index}` });
      expect(markerOf(labelWithMarker("any label", marker, 255))).toBe(marker);
    }
  });
});

describe("markerOf", () => {
  const marker = "k8s-abcdefgh2345";

  it.each([
    ["a label without one", "training"],
    ["a marker in the middle", `x ${marker} y`],
    ["a marker without a space before it", `x${marker}`],
    ["a marker that lacks a character", `x ${marker.slice(0, -1)}`],
    ["a marker with a character too many", `x ${marker}a`],
    ["characters that base32 does not have", "x k8s-abcdefgh2189"],
    ["capital letters", `x ${marker.toUpperCase()}`],
    ["an empty label", ""],
    ["a line break after it", `x ${marker}\n`],
  ])("finds none in %s", (_, label) => {
    expect(markerOf(label)).toBeUndefined();
  });

  it("finds the last of two", () => {
    expect(markerOf(`x k8s-aaaaaaaaaaaa ${marker}`)).toBe(marker);
  });
});

describe("labelWithMarker", () => {
  const marker = "k8s-aaaaaaaaaaaa";

  it("cuts the label, never the marker", () => {
    const label = labelWithMarker("x".repeat(300), marker, 255);
    expect(label).toHaveLength(255);
    expect(markerOf(label)).toBe(marker);
  });

  it("leaves a label alone that just fits", () => {
    const own = "x".repeat(255 - MARKER_SUFFIX_LENGTH);
    expect(labelWithMarker(own, marker, 255)).toBe(`${own} ${marker}`);
  });

  it("does not cut a character in two", () => {
    const label = labelWithMarker("😀".repeat(300), marker, 255);
    expect(Array.from(label)).toHaveLength(255);
    expect(label.isWellFormed()).toBe(true);
  });

  it("is undone by labelWithoutMarker", () => {
    expect(labelWithoutMarker(labelWithMarker("my training", marker, 255))).toBe("my training");
  });

  it("leaves a label without a marker as it is", () => {
    expect(labelWithoutMarker("my k8s-training")).toBe("my k8s-training");
  });
});
