import type { FailureKind } from "../../core/failure.ts";
import type { Answered, Refusal, RefusalReader } from "../response.ts";

const NOT_FOUND = 5;

/** gRPC's, which the panel puts beside the HTTP status. */
const KINDS: ReadonlyMap<number, FailureKind> = new Map([
  [3, "invalid"],
  [NOT_FOUND, "invalid"],
  // Something else has it, and keeps it until a person acts.
  [6, "invalid"],
  [7, "forbidden"],
  [8, "quota"],
  [9, "precondition"],
  [10, "conflict"],
  [16, "unauthorized"],
]);

const BY_STATUS: ReadonlyMap<number, FailureKind> = new Map([
  [400, "invalid"],
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "invalid"],
  [409, "invalid"],
  [422, "invalid"],
  [429, "rate-limited"],
]);

/** What an unknown path or verb is answered with, with the status of a bad token. */
const NO_HANDLER = /Handler of HTTP request .{0,300} not found/is;

/**
 * The panel says no with `{code, status, message, details}`, in newer versions wrapped in `{error: …}`. A page of plain text, which it
 * answers while it starts up, says nothing of anything.
 */
export const elementRefusal: RefusalReader = (answer: Answered): Refusal | undefined => {
  const { status, text } = answer;
  if (status === 401 && NO_HANDLER.test(text)) {
    const [words = ""] = NO_HANDLER.exec(text) ?? [];
    // No bad token, so nothing is signed in anew for it.
    return { words: `this panel has no such method: ${words}`, kind: "unavailable" };
  }
  const error = errorIn(answer.body);
  if (error === undefined || (status === 404 && error.code !== NOT_FOUND)) return undefined;
  const isFault = status >= 500;
  return { words: error.words, kind: isFault ? undefined : kindOf(status, error.code) };
};

function kindOf(status: number, code: number): FailureKind | undefined {
  return status === 429 ? "rate-limited" : (KINDS.get(code) ?? BY_STATUS.get(status));
}

/** Without a code it is of somebody else: gateways and frameworks have a message as well. */
function errorIn(body: unknown): { code: number; words: string } | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  if ("error" in body && typeof body.error === "object") return errorIn(body.error);
  const { code, message, details }: { code?: unknown; message?: unknown; details?: unknown } = body;
  if (typeof code !== "number") return undefined;
  const words = [message, details].filter((part) => typeof part === "string" && part !== "");
  return { code, words: [...new Set(words)].join(": ") || "no reason given" };
}
