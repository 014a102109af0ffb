import type { RemoteThing } from "../core/observation.ts";
import { ProviderError } from "./errors.ts";
import type { ListReader } from "./list-reader.ts";
import { slicePage } from "./slice-items.ts";

/** How a list is spread over pages. */
export interface PageShape {
  /** The field that holds a page's things. */
  readonly items: string;
  /** The field that says how many things there are in all. */
  readonly total: string | undefined;
  /** The query parameter for the length of a page, and what to ask for. */
  readonly size: { readonly parameter: string; readonly value: number } | undefined;
  /** What every request of the list asks for. */
  readonly constant?: readonly (readonly [parameter: string, value: string])[];
  /** How the page after this one is asked for. */
  readonly turn:
    /** @param first What the first page is called; left out, 1. */
    | { readonly by: "number"; readonly parameter: string; readonly first?: number }
    | { readonly by: "offset"; readonly parameter: string }
    /** By what a field of this page says: a link, or a value for the parameter. */
    | { readonly by: "next"; readonly field: string; readonly parameter: string | undefined };
}

export interface PagedList {
  readonly shape: PageShape;
  readonly reader: ListReader;
  /** For messages, such as `list instances`. */
  readonly what: string;
  /** @param query Empty, or with its question mark. */
  readonly fetch: (query: string) => Promise<Buffer>;
}

/** At one thing a page still more than anybody has; it bounds what a server that never ends can cost. */
const MAX_PAGES = 1_000;
/** A list that changes all the time is given up, and looked at again at the next tick. */
const MAX_READINGS = 4;

type Things = ReadonlyMap<string, RemoteThing>;

/**
 * A complete list out of pages.
 *
 * While one page after the other is read, what is deleted moves later things to earlier pages, and one of them is on none that was read.
 * Then something that was seen is gone. So what takes more than one page is read again until nothing of the reading before is missing:
 * that one was complete. What one reading lacks is never taken for absent on its word alone.
 *
 * @throws ProviderError where it cannot be read whole.
 */
export async function readPages(list: PagedList): Promise<readonly RemoteThing[]> {
  let before: Things | undefined;
  for (let reading = 1; reading <= MAX_READINGS; reading += 1) {
    const { things, pages } = await readOnce(list);
    const hasAll = before !== undefined && [...before.keys()].every((id) => things.has(id));
    if (pages === 1 || hasAll) return [...things.values()];
    before = things;
  }
  throw broken(list, "it changes faster than its pages can be read");
}

async function readOnce(list: PagedList): Promise<{ things: Things; pages: number }> {
  const { shape, reader, fetch } = list;
  const reading = reader.begin();
  const things = new Map<string, RemoteThing>();
  const asked = new Set<string>();
  let total: number | undefined;
  let query: string | undefined = firstQuery(shape);
  while (query !== undefined) {
    if (asked.has(query)) throw broken(list, "a page leads to one that was read already");
    if (asked.size >= MAX_PAGES) throw broken(list, "it has too many pages");
    asked.add(query);
    const page = await reading.add(await fetch(query), (bytes) => slicePage(bytes, shape.items));
    const rest = fieldsOf(page.rest, list);
    const counted = totalOf(rest, list);
    if (asked.size > 1 && counted !== total) throw broken(list, "its total changes midway");
    total = counted;
    for (const thing of page.things) {
      if (things.has(thing.id)) throw broken(list, `${thing.id} is on it twice`);
      things.set(thing.id, thing);
    }
    query = nextQuery(list, rest, { total, seen: things.size, pages: asked.size });
    if (query !== undefined && page.things.length === 0) throw broken(list, "a page is empty");
  }
  if (total !== undefined && total !== things.size)
    throw broken(list, `it has ${things.size} of ${total} things`);
  reading.end();
  return { things, pages: asked.size };
}

function firstQuery({ size, constant = [], turn }: PageShape): string {
  const length = size === undefined ? [] : [[size.parameter, size.value] as const];
  const named = turn.by === "number" && turn.first !== undefined;
  const first = named ? [[turn.parameter, turn.first ?? 1] as const] : [];
  const asked = [...constant, ...length, ...first];
  return asked.length === 0 ? "" : queryOf(asked);
}

function nextQuery(
  list: PagedList,
  rest: Readonly<Record<string, unknown>>,
  { total = 0, seen, pages }: { total: number | undefined; seen: number; pages: number },
): string | undefined {
  const { turn, size, constant = [] } = list.shape;
  const length = [
    ...constant,
    ...(size === undefined ? [] : [[size.parameter, size.value] as const]),
  ];
  switch (turn.by) {
    case "number":
      return seen >= total
        ? undefined
        : queryOf([...length, [turn.parameter, pages + (turn.first ?? 1)]]);
    case "offset":
      return seen >= total ? undefined : queryOf([...length, [turn.parameter, seen]]);
    case "next": {
      const next = rest[turn.field];
      if (next === null || next === undefined || next === "") return undefined;
      if (typeof next !== "string" && typeof next !== "number")
        throw broken(list, `"${turn.field}" is neither a link nor a word`);
      // Of a link only the query counts: the path is the list's own, and the token goes nowhere else.
      if (typeof next === "string" && /^(?:https?:|\/|\?)/.test(next))
        return URL.parse(next, "http://list")?.search ?? "";
      if (turn.parameter === undefined)
        throw broken(list, "nothing says how its next page is asked for");
      return queryOf([...length, [turn.parameter, next]]);
    }
  }
}

function queryOf(parameters: readonly (readonly [name: string, value: string | number])[]): string {
  const texts = parameters.map(([name, value]) => [name, String(value)] as const);
  return `?${new URLSearchParams(Object.fromEntries(texts)).toString()}`;
}

function fieldsOf(text: string, list: PagedList): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    throw broken(list, "a page is no JSON");
  }
}

function totalOf(rest: Readonly<Record<string, unknown>>, list: PagedList): number | undefined {
  const { total } = list.shape;
  if (total === undefined) return undefined;
  const count = rest[total];
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 0) return count;
  throw broken(list, "a page does not say how many things there are");
}

function broken({ what }: PagedList, why: string): ProviderError {
  return new ProviderError("unavailable", `${what}: the list cannot be read whole: ${why}`);
}
