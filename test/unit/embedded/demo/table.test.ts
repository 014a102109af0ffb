import { describe, expect, it } from "vitest";
import { type Row, rowWithoutAge, tableLines } from "../../../../src/embedded/demo/table.ts";

const row = (changes: Partial<Row> = {}): Row => ({
  kind: "HpcInstance",
  name: "trainer",
  ready: "True",
  state: "on",
  size: "4×A100",
  host: "p2",
  price: "120.00",
  age: "7s",
  message: "running",
  ...changes,
});

describe("the demo's table", () => {
  it("lines its columns up, whatever their length", () => {
    const [head = "", first = "", second = ""] = tableLines(
      [row(), row({ name: "a-longer-name" })],
      200,
    );

    for (const line of [first, second]) {
      expect(line.indexOf("True")).toBe(head.indexOf("READY"));
      expect(line.indexOf("running")).toBe(head.indexOf("MESSAGE"));
    }
  });

  it("fits the terminal, cut at a character's border", () => {
    const lines = tableLines([row({ message: "очень длинное сообщение".repeat(9) })], 80);

    expect(lines.every((line) => Array.from(line).length <= 80)).toBe(true);
    expect(lines[1]).toMatch(/…$/);
  });

  it("is a header alone where there is nothing", () => {
    expect(tableLines([], 80)).toEqual([expect.stringMatching(/^KIND +NAME/)]);
  });

  it("does not count the age as a change", () => {
    expect(rowWithoutAge(row({ age: "8s" }))).toBe(rowWithoutAge(row()));
    expect(rowWithoutAge(row({ state: "off" }))).not.toBe(rowWithoutAge(row()));
  });
});
