import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProviderError } from "../../../src/provider/errors.ts";
import { ListReader } from "../../../src/provider/list-reader.ts";
import { sliceItems } from "../../../src/provider/slice-items.ts";
import type { RemoteThing } from "../../../src/core/observation.ts";

function thing(id: string): RemoteThing {
  const headline = { reason: "Available", message: "" } as const;
  const rest = {
    label: "",
    state: "on",
    phase: "settled",
    usedBy: [],
    fields: {},
    status: {},
  } as const;
  return { id, headline, ...rest };
}

/** Counts what is parsed: what is not parsed anew is not read anew. */
function reader(): { readonly list: ListReader; readonly parsed: unknown[] } {
  const parsed: unknown[] = [];
  const list = new ListReader("list things", (item) => {
    parsed.push(item);
    return thing(String(Object(item).id));
  });
  return { list, parsed };
}

const bytesOf = (text: string): Buffer => Buffer.from(text, "utf8");

async function kindOf(text: string): Promise<string | undefined> {
  try {
    await reader().list.read(bytesOf(text));
    return undefined;
  } catch (error) {
    return error instanceof ProviderError ? error.kind : "not ours";
  }
}

describe("ListReader", () => {
  it("reads every item, in the order of the list", async () => {
    const { list } = reader();
    const read = await list.read(bytesOf(` [ {"id":1} ,\n{"id":2,"a":[{"b":"]}"}]},{"id":3} ] `));
    expect(read.map(({ id }) => id)).toEqual(["1", "2", "3"]);
    expect(await list.read(bytesOf("[]"))).toEqual([]);
  });

  it("returns the very same thing for the same bytes, wherever in the list they stand", async () => {
    const { list, parsed } = reader();
    const first = await list.read(bytesOf(`[{"id":1},{"id":2}]`));
    const second = await list.read(bytesOf(`[{"id":3},{"id":2},{"id":1}]`));
    expect(second[2]).toBe(first[0]);
    expect(second[1]).toBe(first[1]);
    expect(parsed).toHaveLength(3);
  });

  it("reads anew what one byte tells apart", async () => {
    const { list } = reader();
    await list.read(bytesOf(`[{"id":1}]`));
    const [other] = await list.read(bytesOf(`[{"id":7}]`));
    expect(other?.id).toBe("7");
  });

  it("keeps what it knew where a list cannot be read", async () => {
    const { list, parsed } = reader();
    const [first] = await list.read(bytesOf(`[{"id":1}]`));
    await expect(list.read(bytesOf(`[{"id":2},{"id`))).rejects.toBeInstanceOf(ProviderError);
    const [again] = await list.read(bytesOf(`[{"id":1}]`));
    expect(again).toBe(first);
    expect(parsed).toHaveLength(2);
  });

  it.each([
    ["null", "no list at all"],
    ["{}", "an object"],
    [`{"items":[{"id":1}]}`, "a list within an object"],
    [`""`, "a text"],
    ["", "nothing"],
    [`[{"id":1},null]`, "half a list proves no absence"],
    [`[{"id":1}`, "cut after an item"],
    [`[{"id":1},`, "cut after a comma"],
    [`[{"id":1},]`, "an item is missing"],
    [`[,{"id":1}]`, "an item is missing at the start"],
    [`[{"id":1} {"id":2}]`, "no comma"],
    [`[{"id":1}]]`, "one bracket too many"],
    [`[{"id":1}] [{"id":2}]`, "two lists"],
    [`[{"id":"1}]`, "a text without an end"],
    [`[{"id":01}]`, "no JSON within an item"],
    [`[{"a":[}]}]`, "crossed brackets"],
  ])("%s is no list: %s", async (text) => {
    expect(await kindOf(text)).toBe("unavailable");
  });

  it("agrees with JSON.parse on every list of objects, however it is written", async () => {
    const item = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), { maxKeys: 4 });
    const space = fc.constantFrom(undefined, 1, "\t");
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 6 }), space, async (items, indent) => {
        const text = JSON.stringify(items, null, indent);
        const { list, parsed } = reader();
        await list.read(bytesOf(text));
        expect(parsed).toEqual(JSON.parse(text));
      }),
    );
  });

  it("accepts nothing that JSON.parse refuses", async () => {
    const items = fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }), {
      maxLength: 3,
    });
    const edit = fc.tuple(
      fc.nat(),
      fc.constantFrom("", "[", "]", "{", "}", ",", ":", '"', "\\", " ", "0", "a"),
    );
    await fc.assert(
      fc.asyncProperty(items, edit, async (list, [place, letter]) => {
        const text = JSON.stringify(list);
        const at = place % (text.length + 1);
        const edited = text.slice(0, at) + letter + text.slice(at + 1);
        const isJson = isObjects(edited);
        expect((await kindOf(edited)) === undefined, edited).toBe(isJson);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("sliceItems", () => {
  it("says where each object begins and ends", () => {
    const text = `[{"a":"\\"}"},{}]`;
    const slices = [...sliceItems(bytesOf(text))];
    expect(slices.map(({ start, end }) => text.slice(start, end))).toEqual([`{"a":"\\"}"}`, "{}"]);
  });
});

function isObjects(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = (item: unknown): boolean =>
      typeof item === "object" && item !== null && !Array.isArray(item);
    return Array.isArray(value) && value.every(isObject);
  } catch {
    return false;
  }
}
