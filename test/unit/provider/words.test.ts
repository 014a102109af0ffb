import { describe, expect, it } from "vitest";
import { cleanWords } from "../../../src/provider/words.ts";

const TOKEN = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0-_x";

describe("cleanWords", () => {
  it.each([
    [
      "leaves a sentence as it is",
      "gpu_type A100 is not available",
      "gpu_type A100 is not available",
    ],
    ["keeps letters of every script", "нет свободных GPU", "нет свободных GPU"],
    ["makes one line of several", "a\n\tb\r\n c ", "a b c"],
    ["drops what would steer a terminal", "a\u001B[31mb\u0000c", "a [31mb c"],
    ["drops what would turn the reading direction", "a\u202Eb", "a b"],
    ["hides a bearer header", "sent Authorization: Bearer abc.def", "sent Authorization: [hidden]"],
    ["hides it in small letters", "bearer x", "[hidden]"],
    ["hides what looks like a token", `token ${TOKEN} expired`, "token [hidden] expired"],
    [
      "shows a UUID",
      "user 123e4567-e89b-12d3-a456-426614174000",
      "user 123e4567-e89b-12d3-a456-426614174000",
    ],
    ["may be left with nothing", " \n ", ""],
  ])("%s", (_, text, expected) => {
    expect(cleanWords(text)).toBe(expected);
  });

  it("leaves 300 characters alone and cuts the 301st", () => {
    expect(cleanWords("a b".repeat(100))).toBe("a b".repeat(100));
    const cut = cleanWords("a b".repeat(101));
    expect(cut).toHaveLength(300);
    expect(cut).toMatch(/…$/);
  });

  it("never cuts a character in two", () => {
    const cut = cleanWords("😀 ".repeat(400));
    expect(Array.from(cut)).toHaveLength(300);
    expect(cut.isWellFormed()).toBe(true);
  });

  it("hides a token that stands across the cut", () => {
    expect(cleanWords(`${"a ".repeat(140)}${TOKEN}`)).not.toContain(TOKEN.slice(0, 10));
  });
});
