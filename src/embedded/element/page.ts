import type { Call, Outcome } from "./outcome.ts";

/** The contract's. */
const DEFAULT_SIZE = 25;

/** A list as the request asks for it: a page object, or an array. A page beyond the last is empty. */
export function listed(
  { panel, query }: Pick<Call, "panel" | "query">,
  list: readonly unknown[],
): Outcome {
  return { status: 200, body: list, effects: [], shape: (answer) => shapeList(answer) };

  function shapeList(answer: unknown): unknown {
    if (!Array.isArray(answer)) return answer;
    const { page = 0, size = DEFAULT_SIZE, result } = query;
    const content: unknown[] = answer.slice(page * size, (page + 1) * size);
    if (result === "page") return pageOf(content, answer.length, page, size);
    const isCut = panel.settings.arraysArePaged || "page" in query || "size" in query;
    return isCut ? content : answer;
  }
}

function pageOf(
  content: readonly unknown[],
  totalElements: number,
  number: number,
  size: number,
): Record<string, unknown> {
  const totalPages = Math.ceil(totalElements / size);
  return {
    totalElements,
    totalPages,
    last: number >= totalPages - 1,
    first: number === 0,
    size,
    number,
    numberOfElements: content.length,
    content,
  };
}
