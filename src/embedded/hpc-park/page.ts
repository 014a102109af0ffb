import { Refusal } from "./refusal.ts";

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 100;

export interface PageRequest {
  /** From 1 on. */
  readonly page: number;
  readonly size: number;
}

/** Which page a request asks for; refuses what is no number, or no such number. */
export function readPageRequest(
  query: Readonly<Record<string, unknown>>,
  defaultSize: number,
): PageRequest {
  return {
    page: readCount(query, "page", 1, Number.MAX_SAFE_INTEGER),
    size: readCount(query, "size", defaultSize, MAX_PAGE_SIZE),
  };
}

function readCount(
  query: Readonly<Record<string, unknown>>,
  name: string,
  fallback: number,
  max: number,
): number {
  const { [name]: asked } = query;
  if (asked === undefined) return fallback;
  const count = typeof asked === "string" && /^\d{1,15}$/.test(asked) ? Number(asked) : 0;
  if (count >= 1 && count <= max) return count;
  const msg = `Input should be a whole number from 1 to ${max}`;
  throw new Refusal(422, [{ loc: ["query", name], msg, type: "value_error" }]);
}

/** One page of a list; `next` is the path of the one after it. A page beyond the last is empty. */
export function pageOfList(
  list: readonly unknown[],
  path: string,
  { page, size }: PageRequest,
): Record<string, unknown> {
  const pages = Math.ceil(list.length / size);
  return {
    items: list.slice((page - 1) * size, page * size),
    total: list.length,
    page,
    size,
    pages,
    next: page < pages ? `${path}?page=${page + 1}&size=${size}` : null,
  };
}
