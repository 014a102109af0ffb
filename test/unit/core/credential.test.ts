import { describe, expect, it } from "vitest";
import { betterKnown, nameOfCredential, seesAllThat } from "../../../src/core/credential.ts";

describe("nameOfCredential", () => {
  it.each([
    [
      "a master token by its user alone: any other sees the same",
      { user: "7", seesEverything: true },
      "7/*",
    ],
    ["an ordinary one by user and fingerprint", { user: "7", seesEverything: false }, "7/3f9a"],
    ["one that nothing is known of by its fingerprint", undefined, "?/3f9a"],
  ])("tells %s", (_, owner, expected) => {
    expect(nameOfCredential("3f9a", owner)).toBe(expected);
  });
});

describe("seesAllThat", () => {
  it.each([
    ["7/3f9a", "7/3f9a", true, "the same one"],
    ["?/3f9a", "?/3f9a", true, "the same one, whoever's it is"],
    ["7/*", "7/3f9a", true, "a master token sees what an ordinary one saw"],
    ["?/3f9a", "7/3f9a", true, "the same one, though nobody can tell at present whose it is"],
    ["7/3f9a", "?/3f9a", true, "the same one, of which it is known by now whose it is"],
    ["?/3f9a", "?/aaaa", false, "another one"],
    ["?/3f9a", "7/*", false, "nobody knows whose this is"],
    ["7/*", "8/*", false, "another user's things are not shown"],
    ["7/*", "77/3f9a", false, "user 77 is not user 7"],
    ["7/*", "?/3f9a", false, "nobody knows whose that was"],
    ["7/3f9a", "7/*", false, "an ordinary one sees less"],
    ["7/3f9a", "7/aaaa", false, "an ordinary one sees its own"],
  ])("%s of what %s saw: %s, for %s", (present, former, expected) => {
    expect(seesAllThat(present, former)).toBe(expected);
  });
});

describe("betterKnown", () => {
  it.each([
    ["7/*", "7/3f9a", "7/*"],
    ["?/aaaa", "7/3f9a", "7/3f9a"],
    ["?/aaaa", undefined, "?/aaaa"],
    [undefined, "7/*", "7/*"],
  ])("of %s now and %s before it is %s", (present, former, expected) => {
    expect(betterKnown(present, former)).toBe(expected);
  });
});
