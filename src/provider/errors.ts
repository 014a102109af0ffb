import type { Failure, FailureKind } from "../core/failure.ts";

/** A failed call to a provider, converted at the client's border: it carries no header and no request. */
export class ProviderError extends Error implements Failure {
  override readonly name = "ProviderError";
  readonly kind: FailureKind;
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** Of an error that had no answer, such as ECONNREFUSED. */
  readonly code?: string;

  constructor(
    kind: FailureKind,
    message: string,
    details: { status?: number; retryAfterMs?: number; code?: string } = {},
  ) {
    super(message);
    this.kind = kind;
    if (details.status !== undefined) this.status = details.status;
    if (details.code !== undefined) this.code = details.code;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }
}
