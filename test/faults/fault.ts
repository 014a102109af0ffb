import type { FaultEffect } from "../../src/embedded/simulator/faults.ts";
import { ELEMENT_READING, type Reading } from "./invariants/reading.ts";
import type { Message, Moment } from "./message-proxy.ts";
import { LOOK_MS, QUIET_MS, TIMEOUT_MS } from "./world.ts";

export type Side = "Kubernetes" | "provider";

/** What goes wrong in a plan, once, at the message with this number. */
export type Fault =
  /** The operator is killed, and started again. */
  | { readonly type: "kill"; readonly side: Side; readonly index: number; readonly moment: Moment }
  /** The connection is cut; the operator lives on. */
  | { readonly type: "cut"; readonly side: Side; readonly index: number; readonly moment: Moment }
  /** The provider answers otherwise than it should. */
  | { readonly type: "answer"; readonly index: number; readonly answer: AnswerName };

/** Answers that a provider, or something between, really gives; after Rainmaker's policies. */
export const ANSWERS = {
  "500 after the work": { kind: "status-after-work", status: 500, body: { detail: "oops" } },
  "502 after the work": {
    kind: "status-after-work",
    status: 502,
    body: "<html>bad gateway</html>",
  },
  "400 after the work": { kind: "status-after-work", status: 400, body: { detail: "quota" } },
  "503 without work": { kind: "status", status: 503, body: "busy" },
  "429 with Retry-After": {
    kind: "status",
    status: 429,
    body: { detail: "slow down" },
    headers: { "retry-after": "0.3" },
  },
  "429 without Retry-After": { kind: "status", status: 429, body: { detail: "slow down" } },
  "401 in between": { kind: "status", status: 401, body: { detail: "Invalid token" } },
  "403 in between": { kind: "status", status: 403, body: { detail: "Not authenticated" } },
  "404 in plain text": { kind: "plain-404" },
  "404 though it exists": { kind: "status", status: 404, body: { detail: "Not Found" } },
  "cut JSON": { kind: "cut-body" },
  "cut connection": { kind: "cut-body", how: "connection" },
  "empty list": { kind: "empty-list" },
  "partial list": { kind: "partial-list", newest: 1 },
  "silence, work done": { kind: "hang", afterWork: true },
  "silence, no work": { kind: "hang" },
  /** The request takes effect after its client has given up, within the quiet time even where it is slow to show. */
  "late effect": { kind: "delay", ms: 1.5 * TIMEOUT_MS, when: "before" },
  /** After it was proven dead: the one case in which there may be two, until the next look. */
  "very late effect": { kind: "delay", ms: 2 * QUIET_MS + LOOK_MS, when: "before" },
} as const satisfies Readonly<Record<string, FaultEffect>>;

const OF_LISTS: ReadonlySet<string> = new Set(["empty list", "partial list"]);
/** For what only reads they are the same as others, or nothing. */
const OF_WRITES: ReadonlySet<string> = new Set([
  "502 after the work",
  "400 after the work",
  "silence, work done",
  "late effect",
  "very late effect",
]);

/** Refusals that only look like the provider's own where they have the form that it documents. */
const ELEMENT_ANSWERS: Partial<Record<AnswerName, FaultEffect>> = {
  "500 after the work": {
    kind: "status-after-work",
    status: 500,
    body: { code: 13, status: "INTERNAL", message: "oops" },
  },
  "401 in between": {
    kind: "status",
    status: 401,
    body: { code: 16, status: "UNAUTHENTICATED", message: "нет" },
  },
  "403 in between": {
    kind: "status",
    status: 403,
    body: { code: 7, status: "PERMISSION_DENIED", message: "нельзя" },
  },
  "404 though it exists": {
    kind: "status",
    status: 404,
    body: { code: 5, status: "NOT_FOUND", message: "не найдено" },
  },
};

export function effectOf(answer: AnswerName, { group }: Reading): FaultEffect {
  const own = group === ELEMENT_READING.group ? ELEMENT_ANSWERS[answer] : undefined;
  return own ?? ANSWERS[answer];
}

/** Whether an answer to this message says anything that another answer does not. */
export function isTelling(answer: AnswerName, { method, path }: Message): boolean {
  if (OF_LISTS.has(answer)) return method === "GET" && isList(path);
  return method !== "GET" || !OF_WRITES.has(answer);
}

/** No id is in it. */
function isList(path: string): boolean {
  const [plain = ""] = path.replace("/v1/", "").replace("/v2/", "").split("?");
  return !/\d/.test(plain);
}

export type AnswerName = keyof typeof ANSWERS;

/** How long two things with one marker may live, in milliseconds: only where a request takes effect late, two looks. */
export function doubleMsOf(fault: Fault | undefined): number {
  return fault?.type === "answer" && fault.answer === "very late effect" ? 3 * LOOK_MS : 0;
}

/** How long after it was sent the request of this fault takes effect, in milliseconds. */
export function lateMsOf(fault: Fault | undefined): number {
  if (fault?.type !== "answer") return 0;
  const effect: FaultEffect = ANSWERS[fault.answer];
  return effect.kind === "delay" ? effect.ms : 0;
}

/** For the table: the fault without its number. */
export function groupOf(fault: Fault | undefined): string {
  switch (fault?.type) {
    case undefined:
      return "undisturbed";
    case "kill":
      return `kill -9, ${fault.side}`;
    case "cut":
      return `cut, ${fault.side}`;
    case "answer":
      return fault.answer;
  }
}

export function describeFault(fault: Fault | undefined): string {
  switch (fault?.type) {
    case undefined:
      return "undisturbed";
    case "kill":
    case "cut":
      return `${fault.type} at message ${fault.index} to ${nameOf(fault.side)}, ${fault.moment}`;
    case "answer":
      return `${fault.answer} at message ${fault.index} to the provider`;
  }
}

function nameOf(side: Side): string {
  return side === "provider" ? "the provider" : side;
}
