import { RequestError } from "got";
import { ProviderError } from "./errors.ts";
import type { HttpRequest } from "./http-exchange.ts";
import { cleanWords } from "./words.ts";

/** The other side's certificate comes from nobody we know. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

const CERTIFICATE_FAULTS: ReadonlySet<string> = new Set([
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  ...UNTRUSTED,
]);

/** Errors that mean no connection came about: the request never left, so nothing was done. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  ...CERTIFICATE_FAULTS,
]);

export function isCertificateFault({ code }: ProviderError): boolean {
  return code !== undefined && CERTIFICATE_FAULTS.has(code);
}

/** A got error carries the Authorization header, so nothing of it but its code and a cleaned message goes on. */
export function convert(
  error: unknown,
  { operation, isCreate, method }: HttpRequest,
  caOption: string,
): { error: ProviderError; code: string } {
  const cause = rootOf(error);
  if (cause instanceof ProviderError) return { error: cause, code: "guarded" };
  const code = codeOf(error);
  const message = `${operation}: ${cleanWords(describe(code, error, caOption))}`;
  const isOpen = isCreate === true && method === "POST" && !NEVER_SENT.has(code);
  return {
    error: new ProviderError(isOpen ? "unknown-outcome" : "unavailable", message, { code }),
    code,
  };
}

function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

function codeOf(error: unknown): string {
  return error instanceof RequestError ? error.code : "ERROR";
}

function describe(code: string, error: unknown, caOption: string): string {
  if (UNTRUSTED.has(code))
    return `its certificate is not trusted (${code}); name the authority that signed it in ${caOption}`;
  switch (code) {
    case "ETIMEDOUT":
      return "no answer in time";
    case "ECONNREFUSED":
      return "connection refused";
    case "ECONNRESET":
      return "the connection was cut";
    default:
      return `${code} ${error instanceof Error && !(error instanceof RequestError) ? error.message : ""}`.trim();
  }
}
