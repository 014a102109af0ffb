export interface Mistake {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** An answer that is not a success, as the service words it: `{"detail": …}`. */
export class Refusal extends Error {
  readonly status: number;
  readonly detail: string | readonly Mistake[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string | readonly Mistake[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(typeof detail === "string" ? detail : "the request is not valid");
    this.name = "Refusal";
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}

/** Also for what exists but is not the token's to see. */
export function notFound(): Refusal {
  return new Refusal(404, "Not Found");
}

/** Refuses what is not there. */
export function existing<T>(thing: T | undefined): T {
  if (thing === undefined) throw notFound();
  return thing;
}

export function conflict(detail: string): Refusal {
  return new Refusal(409, detail);
}

export function masterOnly(): Refusal {
  return new Refusal(403, "Not enough permissions: a master token is needed");
}

export function invalid(loc: Mistake["loc"], msg: string, type = "value_error"): Refusal {
  return new Refusal(422, [{ loc: ["body", ...loc], msg, type }]);
}

/** Refuses a name that is not in the catalogue, and says which are. */
export function requireKnown(field: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  const allowed = known.map((name) => `'${name}'`).join(", ");
  throw invalid([field], `Input should be one of ${allowed}`, "enum");
}
