import { ProviderError } from "./errors.ts";

/** What the status has room for; see the CRD. */
const MAX_TEXT_LENGTH = 4096;

/** One JSON object of an answer. Only `id`, `label` and `state` may be relied upon; the rest is read where it has the expected shape. */
export class Answer {
  readonly #body: Readonly<Record<string, unknown>>;
  readonly #what: string;

  constructor(body: unknown, what: string) {
    this.#what = what;
    if (typeof body !== "object" || body === null || Array.isArray(body)) throw this.#unreadable();
    this.#body = { ...body };
  }

  /** An integer id as text. One past 2^53 would silently become another id, so it is an error. */
  get id(): string {
    const id = this.integer("id");
    if (id === undefined || id < 1) throw this.#unreadable();
    return String(id);
  }

  /** A text id that may stand in a path as it is. */
  get textId(): string {
    const id = this.text("id");
    if (id === undefined || !/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(id)) throw this.#unreadable();
    return id;
  }

  required(field: "label" | "name" | "state"): string {
    const text = this.text(field);
    if (text === undefined) throw this.#unreadable();
    return text;
  }

  /** As the API server will store it: whole characters, and no longer than the status has room for. */
  text(field: string): string | undefined {
    const value = this.#body[field];
    if (typeof value !== "string" || value.length > MAX_TEXT_LENGTH) return undefined;
    return value.toWellFormed();
  }

  /** Written for people, so the beginning of a long one is worth more than nothing; it ends at a whole character. */
  words(field: string): string | undefined {
    const value = this.#body[field];
    if (typeof value !== "string") return undefined;
    if (value.length <= MAX_TEXT_LENGTH) return value.toWellFormed();
    const hasHalf = /[\uD800-\uDBFF]/.test(value.charAt(MAX_TEXT_LENGTH - 1));
    return value.slice(0, MAX_TEXT_LENGTH - (hasHalf ? 1 : 0)).toWellFormed();
  }

  integer(field: string): number | undefined {
    const value = this.#body[field];
    return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
  }

  number(field: string): number | undefined {
    const value = this.#body[field];
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  }

  boolean(field: string): boolean | undefined {
    const value = this.#body[field];
    return typeof value === "boolean" ? value : undefined;
  }

  /** Null where the provider says null, undefined where it says nothing. */
  nullableInteger(field: string): number | null | undefined {
    return this.#body[field] === null ? null : this.integer(field);
  }

  integers(field: string): readonly number[] | undefined {
    const value = this.#body[field];
    if (!Array.isArray(value)) return undefined;
    return value.filter((item): item is number => Number.isSafeInteger(item));
  }

  objects(field: string): readonly Answer[] {
    const value = this.#body[field];
    if (!Array.isArray(value)) return [];
    return value.filter(isObject).map((item) => new Answer(item, this.#what));
  }

  object(field: string): Answer | undefined {
    const value = this.#body[field];
    return isObject(value) ? new Answer(value, this.#what) : undefined;
  }

  /** Texts, and the ids of objects: some lists are written either way. */
  ids(field: string): readonly string[] | undefined {
    const value = this.#body[field];
    if (!Array.isArray(value)) return undefined;
    return value
      .map((item) => (isObject(item) ? new Answer(item, this.#what).text("id") : item))
      .filter((item) => typeof item === "string");
  }

  #unreadable(): ProviderError {
    return new ProviderError("unavailable", `${this.#what}: the answer lacks id, label or state`);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The entries of a list: one array, or a page that holds all of it. Undefined where it is neither. */
export function entriesOf(body: unknown, what: string): readonly Answer[] | undefined {
  const { items, total }: { items?: unknown; total?: unknown } = Object(body);
  const list = Array.isArray(body) ? body : items;
  const isPart = typeof total === "number" && Array.isArray(items) && total !== items.length;
  return Array.isArray(list) && !isPart ? list.map((entry) => new Answer(entry, what)) : undefined;
}

/** The answer to a create request: without an id, or whatever else `read` relies upon, nobody knows what was made. */
export function readCreated<Thing>(
  body: unknown,
  what: string,
  read: (answer: Answer) => Thing,
): Thing {
  try {
    return read(new Answer(body, what));
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    throw new ProviderError("unknown-outcome", error.message);
  }
}
