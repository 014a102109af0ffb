/** The status word of an error, with gRPC's number for it and what it is on the wire. */
const CODES = {
  INVALID_ARGUMENT: { code: 3, http: 400 },
  NOT_FOUND: { code: 5, http: 404 },
  ALREADY_EXISTS: { code: 6, http: 409 },
  PERMISSION_DENIED: { code: 7, http: 403 },
  FAILED_PRECONDITION: { code: 9, http: 400 },
  INTERNAL: { code: 13, http: 500 },
  UNAUTHENTICATED: { code: 16, http: 401 },
} as const;

export type ErrorStatus = keyof typeof CODES;

/** A sentence of the panel's in the languages it speaks. */
export interface Text {
  readonly ru: string;
  readonly en: string;
}

export interface ErrorData {
  readonly code: number;
  readonly status: ErrorStatus;
  readonly message: string;
  readonly details: string;
}

/** An answer that is not a success. */
export class Refusal extends Error {
  readonly status: ErrorStatus;
  readonly http: number;
  readonly text: Text;
  readonly details: string;

  constructor(
    status: ErrorStatus,
    text: Text,
    { http = CODES[status].http, details = "" }: { http?: number; details?: string } = {},
  ) {
    super(text.en);
    this.name = "Refusal";
    this.status = status;
    this.http = http;
    this.text = text;
    this.details = details;
  }

  data(language: keyof Text): ErrorData {
    const { status, text, details } = this;
    return { code: CODES[status].code, status, message: text[language], details };
  }
}

/** Refuses what is not there; also what is there but not this client's to see. */
export function existing<T>(thing: T | undefined, text: Text): T {
  if (thing === undefined) throw new Refusal("NOT_FOUND", text);
  return thing;
}

/**
 * Of a body that names what is not there, with the code of what is missing. The contract knows no 404 for a creation, so that is 400. It
 * has both for a change, and does not say which it is.
 */
export function referred<T>(thing: T | undefined, text: Text, http: 400 | 404 = 400): T {
  if (thing === undefined) throw new Refusal("NOT_FOUND", text, { http });
  return thing;
}

export function invalid(text: Text, details = ""): Refusal {
  return new Refusal("INVALID_ARGUMENT", text, { details });
}

export function failedPrecondition(text: Text): Refusal {
  return new Refusal("FAILED_PRECONDITION", text);
}

export function unauthenticated(text: Text): Refusal {
  return new Refusal("UNAUTHENTICATED", text);
}

export function permissionDenied(): Refusal {
  return new Refusal("PERMISSION_DENIED", {
    ru: "Недостаточно прав для выполнения операции",
    en: "Not enough rights for this operation",
  });
}
