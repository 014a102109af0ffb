import type { PageShape } from "../page-list.ts";
import type { DescribedOperation } from "./described-operations.ts";
import type { DescribedSchemas, SchemaView } from "./described-schema.ts";

/** How a list is answered, and what each of its entries looks like. */
export interface ListAnswer {
  /** Undefined: one array. */
  readonly pages: PageShape | undefined;
  readonly entry: SchemaView | undefined;
}

const ITEMS = ["items", "results", "data"] as const;
const TOTAL = ["total", "count", "total_count"] as const;
const NEXT = ["next", "next_cursor", "next_page", "next_page_token"] as const;
const CURSOR = ["cursor", "page_token", "page", "after", "offset"] as const;
const PAGE = ["page"] as const;
const OFFSET = ["offset", "skip"] as const;
const SIZE = ["size", "limit", "per_page", "page_size"] as const;

/** Returns undefined where the description is of no list that can be read whole. */
export function listAnswerOf(
  { answer, parameters }: DescribedOperation,
  schemas: DescribedSchemas,
): ListAnswer | undefined {
  if (answer === undefined) return { pages: undefined, entry: undefined };
  const { types, properties } = answer;
  if (types?.has("array") === true || (types === undefined && properties === undefined))
    return { pages: undefined, entry: entryOf(answer, schemas) };
  const items = ITEMS.find((name) => properties?.has(name));
  if (properties === undefined || items === undefined) return undefined;
  const asked = parameters.filter((parameter) => parameter.in === "query");
  const query = (names: readonly string[]): string | undefined =>
    names.find((name) => asked.some((parameter) => parameter.name === name));
  const next = NEXT.find((name) => properties.has(name));
  const total = TOTAL.find((name) => properties.has(name));
  const pages = {
    items,
    total,
    size: sizeOf(asked.find(({ name }) => name === query(SIZE))),
    turn: turnOf({ next, total, cursor: query(CURSOR), page: query(PAGE), offset: query(OFFSET) }),
  };
  const entry = entryOf(schemas.view(properties.get(items)), schemas);
  return pages.turn === undefined ? undefined : { pages: { ...pages, turn: pages.turn }, entry };
}

/** Without a total nobody could tell that numbered pages are complete. */
function turnOf(seen: {
  next: string | undefined;
  total: string | undefined;
  cursor: string | undefined;
  page: string | undefined;
  offset: string | undefined;
}): PageShape["turn"] | undefined {
  if (seen.next !== undefined) return { by: "next", field: seen.next, parameter: seen.cursor };
  if (seen.total === undefined) return undefined;
  if (seen.page !== undefined) return { by: "number", parameter: seen.page };
  return seen.offset === undefined ? undefined : { by: "offset", parameter: seen.offset };
}

/** As much in one page as the service lets have: fewer requests, and less time in which the list can change. */
function sizeOf(
  parameter: { readonly name: string; readonly maximum: number | undefined } | undefined,
): PageShape["size"] {
  if (parameter?.maximum === undefined) return undefined;
  return { parameter: parameter.name, value: parameter.maximum };
}

function entryOf({ items }: SchemaView, schemas: DescribedSchemas): SchemaView | undefined {
  return items === undefined ? undefined : schemas.view(items);
}
