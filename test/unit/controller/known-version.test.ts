import { objectOf } from "./objects.ts";
import { KubeError } from "../../../src/kube/errors.ts";
import { describe, expect, it } from "vitest";
import { KnownVersion } from "../../../src/controller/known-version.ts";

describe("KnownVersion.isOutdated", () => {
  it.each([
    ["9", "10", true],
    ["10", "10", false],
    ["11", "10", false],
    ["not a number", "10", false],
  ])("a copy of version %s after our write of %s: %s", (copy, written, expected) => {
    const version = new KnownVersion();
    version.readAnew(objectOf("a", { metadata: { resourceVersion: written } }));
    expect(version.isOutdated(copy)).toBe(expected);
  });

  it("has no doubt where nothing was written", () => {
    expect(new KnownVersion().isOutdated("1")).toBe(false);
  });
});

describe("KnownVersion.writing", () => {
  it("remembers what came of it", async () => {
    const version = new KnownVersion();
    const ownWrites = new Map<string, string>();
    const written = objectOf("a", { metadata: { resourceVersion: "10" } });
    await version.writing(Promise.resolve(written), ownWrites);
    expect(ownWrites).toEqual(new Map([["default/a", "10"]]));
    expect(version.isInDoubt).toBe(false);
    expect(version.isOutdated("9")).toBe(true);
  });

  it.each([
    [new KubeError("unavailable", "cut"), true],
    [new Error("a surprise"), true],
    [new KubeError("conflict", "stale"), false],
    [new KubeError("forbidden", "no"), false],
  ])("is in doubt after %s: %s", async (error, expected) => {
    const version = new KnownVersion();
    const failed = async (): Promise<never> => {
      throw error;
    };
    await expect(version.writing(failed(), new Map())).rejects.toBe(error);
    expect(version.isInDoubt).toBe(expected);
    version.readAnew(objectOf("a"));
    expect(version.isInDoubt).toBe(false);
  });
});
