export type KubeErrorKind =
  | "not-found"
  | "conflict"
  | "already-exists"
  | "invalid"
  | "forbidden"
  | "unauthorized"
  | "gone"
  | "rate-limited"
  | "unavailable";

const MAX_MESSAGE_LENGTH = 500;

/** A failed call to the API server. Its message never holds a header or a token. */
export class KubeError extends Error {
  override readonly name = "KubeError";
  readonly kind: KubeErrorKind;
  readonly status?: number;
  readonly retryAfterMs?: number;

  constructor(
    kind: KubeErrorKind,
    message: string,
    details: { status?: number; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.kind = kind;
    if (details.status !== undefined) this.status = details.status;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }
}

/** @param what What was tried, on which object. */
export function errorOfStatus(
  what: string,
  status: number,
  body: unknown,
  retryAfter: string | undefined,
): KubeError {
  const { reason, message, retryAfterSeconds } = readStatus(body);
  const seconds = Number(retryAfter ?? retryAfterSeconds);
  const retry = seconds > 0 && Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {};
  const said = clean(message.slice(0, MAX_MESSAGE_LENGTH));
  return new KubeError(kindOf(status, reason), `${what}: ${said} (${status})`, {
    status,
    ...retry,
  });
}

/** One line, and without a header that a proxy may have echoed. */
function clean(message: string): string {
  return message
    .toWellFormed()
    .replace(/bearer\s+\S+/gi, "[hidden]")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
}

function kindOf(status: number, reason: string): KubeErrorKind {
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not-found";
    case 409:
      return reason === "AlreadyExists" ? "already-exists" : "conflict";
    case 410:
      return "gone";
    case 400:
    case 422:
      return "invalid";
    case 429:
      return "rate-limited";
    default:
      return "unavailable";
  }
}

/** The fields of metav1.Status, as far as they are there. */
function readStatus(body: unknown): {
  reason: string;
  message: string;
  retryAfterSeconds: unknown;
} {
  const fields: { reason?: unknown; message?: unknown; details?: unknown } =
    typeof body === "object" && body !== null ? body : {};
  const details: { retryAfterSeconds?: unknown } =
    typeof fields.details === "object" && fields.details !== null ? fields.details : {};
  return {
    retryAfterSeconds: details.retryAfterSeconds,
    reason: typeof fields.reason === "string" ? fields.reason : "",
    message: typeof fields.message === "string" ? fields.message : "no reason given",
  };
}
