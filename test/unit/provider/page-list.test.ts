import { describe, expect, it } from "vitest";
import type { RemoteThing } from "../../../src/core/observation.ts";
import { ListReader } from "../../../src/provider/list-reader.ts";
import { type PageShape, readPages } from "../../../src/provider/page-list.ts";

const WHAT = "list things";
const NUMBERED: PageShape = {
  items: "items",
  total: "total",
  size: { parameter: "size", value: 2 },
  turn: { by: "number", parameter: "page" },
};
const BY_OFFSET: PageShape = { ...NUMBERED, turn: { by: "offset", parameter: "offset" } };
const LINKED: PageShape = {
  items: "items",
  total: undefined,
  size: undefined,
  turn: { by: "next", field: "next", parameter: "cursor" },
};

function thing(item: unknown): RemoteThing {
  const { id }: { id?: unknown } = Object(item);
  const headline = { reason: "Available", message: "" } as const;
  const rest = { label: "", state: "on", phase: "settled", usedBy: [], fields: {} } as const;
  return { id: String(id), headline, status: {}, ...rest };
}

type Pages = (query: URLSearchParams, asked: number) => unknown;

/** Reads a list whose pages come from a function. */
async function read(shape: PageShape, pages: Pages): Promise<{ ids: string[]; asked: string[] }> {
  const asked: string[] = [];
  const things = await readPages({
    shape,
    reader: new ListReader(WHAT, thing),
    what: WHAT,
    fetch: async (query) => {
      asked.push(query);
      return Buffer.from(JSON.stringify(pages(new URLSearchParams(query), asked.length)));
    },
  });
  return { ids: things.map(({ id }) => id), asked };
}

/** A service with so many things; what a test does to them is done before a request is answered. */
function service(
  ids: number[],
  meddle: (asked: number, ids: number[]) => void = () => undefined,
): Pages {
  return (query, asked) => {
    meddle(asked, ids);
    const size = Number(query.get("size") ?? 2);
    const from = query.has("offset")
      ? Number(query.get("offset"))
      : (Number(query.get("page") ?? 1) - 1) * size;
    const items = ids.slice(from, from + size).map((id) => ({ id }));
    return { items, total: ids.length, page: 1 };
  };
}

describe("a list of one page", () => {
  it("costs one request", async () => {
    expect(await read(NUMBERED, service([1, 2]))).toEqual({ ids: ["1", "2"], asked: ["?size=2"] });
  });

  it("may be empty", async () => {
    expect((await read(NUMBERED, service([]))).ids).toEqual([]);
    expect((await read(LINKED, () => ({ items: [], next: null }))).ids).toEqual([]);
  });

  it("finds the list wherever it stands in the page", async () => {
    const page = { note: '{"items":[', a: [1, { b: "]}" }], items: [{ id: 1 }], next: null };
    expect((await read(LINKED, () => page)).ids).toEqual(["1"]);
  });
});

describe("a list of several pages", () => {
  it("is read twice, for what is deleted meanwhile moves others to pages that were read", async () => {
    const { ids, asked } = await read(NUMBERED, service([1, 2, 3]));
    expect(ids).toEqual(["1", "2", "3"]);
    expect(asked).toEqual(["?size=2", "?size=2&page=2", "?size=2", "?size=2&page=2"]);
  });

  it("is read by offset as well", async () => {
    const { ids, asked } = await read(BY_OFFSET, service([1, 2, 3, 4, 5]));
    expect(ids).toEqual(["1", "2", "3", "4", "5"]);
    expect(asked.slice(0, 3)).toEqual(["?size=2", "?size=2&offset=2", "?size=2&offset=4"]);
  });

  it.each([
    ["a link", "https://elsewhere.example/v9/other?cursor=b"],
    ["a path", "/v1/thing?cursor=b"],
    ["a query", "?cursor=b"],
    ["a word", "b"],
  ])("is followed by %s, of which only the query counts", async (_, next) => {
    const { ids, asked } = await read(LINKED, (query) =>
      query.get("cursor") === "b"
        ? { items: [{ id: 2 }], next: null }
        : { items: [{ id: 1 }], next },
    );
    expect(ids).toEqual(["1", "2"]);
    expect(asked).toEqual(["", "?cursor=b", "", "?cursor=b"]);
  });

  it("misses nothing where one is deleted and one is made while it is read", async () => {
    const pages = service([1, 2, 3, 4], (asked, ids) => {
      if (asked === 2) ids.splice(0, 1).concat(ids.push(5));
    });
    const { ids } = await read(NUMBERED, pages);
    expect(ids).toEqual(["2", "3", "4", "5"]);
  });

  it("is given up where it changes all the time", async () => {
    let last = 4;
    const pages = service([1, 2, 3, 4], (asked, ids) => {
      if (asked % 2 === 1) return;
      ids.shift();
      ids.push((last += 1));
    });
    await expect(read(NUMBERED, pages)).rejects.toThrow("changes faster");
  });
});

describe("what is no complete list", () => {
  const page = (id: number, rest: object): object => ({ items: [{ id }], ...rest });

  it.each<[string, PageShape, Pages]>([
    ["leads to one that was read", LINKED, (_, asked) => page(asked, { next: "?cursor=a" })],
    ["total changes midway", NUMBERED, (_, asked) => page(asked, { total: asked === 1 ? 3 : 2 })],
    ["on it twice", NUMBERED, () => page(1, { total: 3 })],
    [
      "a page is empty",
      NUMBERED,
      (_, asked) => (asked === 1 ? page(1, { total: 9 }) : { items: [], total: 9 }),
    ],
    ["2 of 1 things", NUMBERED, () => ({ items: [{ id: 1 }, { id: 2 }], total: 1 })],
    ["1 of 2 things", { ...LINKED, total: "total" }, () => page(1, { total: 2, next: null })],
    ["does not say how many", NUMBERED, () => page(1, {})],
    ["does not say how many", NUMBERED, () => page(1, { total: "1" })],
    ["neither a link nor a word", LINKED, () => page(1, { next: {} })],
    [
      "nothing says how",
      { ...LINKED, turn: { by: "next", field: "next", parameter: undefined } },
      () => page(1, { next: "b" }),
    ],
    ["too many pages", LINKED, (_, asked) => page(asked, { next: `?cursor=${asked}` })],
    ["the answer is no list", NUMBERED, () => [{ id: 1 }]],
    ["the answer is no list", NUMBERED, () => ({ total: 1 })],
    ["the answer is no list", NUMBERED, () => ({ items: [1], total: 1 })],
  ])("%s", async (why, shape, pages) => {
    await expect(read(shape, pages)).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining(why),
    });
  });

  it.each([
    '{"items":[{"id":1}]',
    '{"items":[],"items":[]}',
    '{"items":[]}}',
    '{"items":[],}',
    '{"items":[],"a"}',
    "{}",
    "",
  ])("%s", async (text) => {
    const reading = readPages({
      shape: LINKED,
      reader: new ListReader(WHAT, thing),
      what: WHAT,
      fetch: async () => Buffer.from(text),
    });
    await expect(reading).rejects.toMatchObject({ kind: "unavailable" });
  });
});
