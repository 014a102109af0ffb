import { describe, expect, it } from "vitest";
import { ProviderError } from "../../../../src/provider/errors.ts";
import { Answer, readCreated } from "../../../../src/provider/answer.ts";

const GOOD = { id: 1, label: "a", state: "on" };

function kindOf(read: () => unknown): ProviderError["kind"] {
  try {
    read();
  } catch (error) {
    if (error instanceof ProviderError) return error.kind;
    throw error;
  }
  return expect.unreachable("it must fail");
}

describe("Answer", () => {
  it.each([[null], [undefined], ["text"], [7], [[]], [[GOOD]]])("is no object: %j", (body) => {
    expect(kindOf(() => new Answer(body, "get"))).toBe("unavailable");
  });

  it.each([[undefined], [null], ["1"], [1.5], [0], [-1], [2 ** 53], [true], [{}]])(
    "has no id in %j",
    (id) => {
      expect(kindOf(() => new Answer({ ...GOOD, id }, "get").id)).toBe("unavailable");
    },
  );

  it("hands out the largest id that is still exact", () => {
    const answer = new Answer({ ...GOOD, id: Number.MAX_SAFE_INTEGER }, "get");
    expect(answer.id).toBe("9007199254740991");
  });

  it("cuts words for people at a whole character, and drops a long text that means something", () => {
    const long = `a${"😀".repeat(3_000)}`;
    const answer = new Answer({ long, short: "ж\uD83D", number: 1 }, "get");
    expect(answer.words("long")).toBe(`a${"😀".repeat(2_047)}`);
    expect([answer.words("short"), answer.words("number")]).toEqual(["ж\uFFFD", undefined]);
    expect(answer.text("long")).toBeUndefined();
  });

  it("reads a field only where it has the expected shape", () => {
    const answer = new Answer(
      { a: "x", b: 1, c: true, d: null, e: [1, "2", 3.5, 4], f: {} },
      "get",
    );
    expect([answer.text("a"), answer.text("b"), answer.text("z")]).toEqual([
      "x",
      undefined,
      undefined,
    ]);
    expect([answer.integer("b"), answer.integer("a")]).toEqual([1, undefined]);
    expect([answer.boolean("c"), answer.boolean("b")]).toEqual([true, undefined]);
    expect([answer.integers("e"), answer.integers("a")]).toEqual([[1, 4], undefined]);
    expect(answer.objects("f")).toEqual([]);
  });

  it("tells null from nothing", () => {
    const answer = new Answer({ a: null, b: 1, c: "x" }, "get");
    expect(["a", "b", "c", "d"].map((field) => answer.nullableInteger(field))).toEqual([
      null,
      1,
      undefined,
      undefined,
    ]);
  });

  it("is not misled by what every object inherits", () => {
    const answer = new Answer({}, "get");
    expect(answer.text("constructor")).toBeUndefined();
  });
});

describe("readCreated", () => {
  const read = (answer: Answer): { id: string } => {
    void [answer.required("label"), answer.required("state")];
    return { id: answer.id };
  };

  it("wants id, label and state", () => {
    expect(readCreated(GOOD, "create", read).id).toBe("1");
  });

  it.each(["id", "label", "state"])("does not know what was made without %s", (field) => {
    const body = { ...GOOD, [field]: undefined };
    expect(kindOf(() => readCreated(body, "create", read))).toBe("unknown-outcome");
  });
});
