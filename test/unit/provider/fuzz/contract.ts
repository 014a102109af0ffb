/** The contract in the test's own words, so that a slip of the client is not repeated here. */

const REFUSALS: ReadonlySet<number> = new Set([401, 402, 403, 404, 409, 422, 429]);
const JSON_TYPE = /^application\/json(;|$)/;

/** The JSON of an answer; undefined where there is none. */
export function parsed(contentType: string, text: string): unknown {
  if (!JSON_TYPE.test(contentType)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A documented refusal: its status, and a body with `detail` as a sentence or as a list. */
export function isRefusal(status: number, body: unknown): boolean {
  if (!REFUSALS.has(status)) return false;
  const detail = own(body, "detail");
  return typeof detail === "string" || Array.isArray(detail);
}

/** What every thing has: an id that a number can hold, a label and a state. */
export function isGoodThing(body: unknown): boolean {
  const id = own(body, "id");
  const hasId = typeof id === "number" && Number.isSafeInteger(id) && id >= 1;
  return hasId && typeof own(body, "label") === "string" && typeof own(body, "state") === "string";
}

function own(body: unknown, name: string): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
  return Object.getOwnPropertyDescriptor(body, name)?.value;
}
