import { ProviderError } from "../errors.ts";

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

  required(field: "label" | "state"): string {
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

  #unreadable(): ProviderError {
    return new ProviderError("unavailable", `${this.#what}: the answer lacks id, label or state`);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The answer to a create request: without an id nobody knows what was made. */
export function readCreated(body: unknown, what: string): Answer {
  try {
    const answer = new Answer(body, what);
    // Reading them is the check.
    void [answer.id, answer.required("label"), answer.required("state")];
    return answer;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    throw new ProviderError("unknown-outcome", error.message);
  }
}
