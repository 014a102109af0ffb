import type { RawResponse as Response } from "../../src/provider/response.ts";
import type { Armed, ListFault, Outage, RemoteFault, RemoteTarget } from "./faults.ts";
import { REQUEST_TIMEOUT_MS } from "./surroundings.ts";

/** What came back, whatever was asked. */
export type RawResponse = Pick<Response, "status" | "contentType" | "text">;

export type Answer = "as it is" | "no answer in time" | "cut" | "no connection" | RawResponse;

/** What becomes of one request, counted in milliseconds from when it leaves. */
export interface Plan {
  /** It left, so something may come of it. */
  readonly hasLeft: boolean;
  /** When the park works on it: not at all, once, or twice. */
  readonly workAfterMs: readonly number[];
  readonly answerAfterMs: number;
  readonly answer: Answer;
  /** The answer is a refusal that the contract documents. */
  readonly isRefusal: boolean;
  /** For how long what it makes is shown to nobody. */
  readonly hiddenMs: number;
  /** How old what a list shows is. */
  readonly lagMs: number;
  readonly crashAfterMs?: number;
  readonly downMs: number;
}

const WORK_MS = 20;
const ANSWER_MS = 40;
const DOWN_MS = 500;
/** The contract's refusals of a create request, as `refusalKind` reads them. */
const REFUSALS: readonly (readonly [status: number, detail: string])[] = [
  [402, "balance too low"],
  [403, "quota exceeded"],
  [409, "busy"],
  [422, "gpu_type is unknown"],
  [429, "slow down"],
  [401, "Not authenticated"],
  [403, "You have no permission"],
];

const HONEST: Plan = {
  hasLeft: true,
  workAfterMs: [WORK_MS],
  answerAfterMs: ANSWER_MS,
  answer: "as it is",
  isRefusal: false,
  hiddenMs: 0,
  lagMs: 0,
  downMs: DOWN_MS,
};
const UNWORKED: Plan = { ...HONEST, workAfterMs: [] };
const NEVER_SENT: Plan = { ...UNWORKED, hasLeft: false, answerAfterMs: 1, answer: "no connection" };
const UNANSWERED: Plan = {
  ...UNWORKED,
  answerAfterMs: REQUEST_TIMEOUT_MS,
  answer: "no answer in time",
};

export function planOf(
  target: RemoteTarget,
  armed: Armed<RemoteFault | ListFault> | undefined,
): Plan {
  if (armed === undefined) return HONEST;
  const { fault, ms } = armed;
  switch (fault) {
    case "never sent":
      return NEVER_SENT;
    case "lost before its effect":
      return { ...UNWORKED, answer: "cut" };
    case "answer lost":
      return { ...UNANSWERED, workAfterMs: [WORK_MS] };
    case "answer cut":
      return { ...HONEST, answer: "cut" };
    case "5xx after the work":
      return { ...HONEST, answer: text(502, "<html>Bad Gateway</html>") };
    case "misleading refusal after the work":
      return { ...HONEST, answer: misleading(target, ms) };
    case "garbled answer":
      return { ...HONEST, answer: json(target === "POST" ? 201 : 200, '{"id": 10') };
    case "5xx before the work":
      return { ...UNWORKED, answer: text(503, "try later") };
    case "documented refusal":
      return refused(target, ms);
    case "late effect":
      return { ...UNANSWERED, workAfterMs: [ms] };
    case "hidden at first":
      return { ...HONEST, hiddenMs: ms };
    case "slow answer":
      return { ...HONEST, answerAfterMs: Math.max(ANSWER_MS, ms % REQUEST_TIMEOUT_MS) };
    case "waits for its turn":
      return HONEST;
    case "false 404":
      return target === "GET"
        ? { ...HONEST, answer: json(404, '{"detail": "Not found"}') }
        : HONEST;
    case "delivered twice":
      return {
        ...HONEST,
        workAfterMs: target === "POST" ? [WORK_MS, Math.max(ms, WORK_MS)] : [WORK_MS],
      };
    default:
      return planOfCrashOrList(fault, ms);
  }
}

function planOfCrashOrList(fault: RemoteFault | ListFault, ms: number): Plan {
  switch (fault) {
    case "crash as it leaves":
      return { ...UNANSWERED, workAfterMs: [ms], crashAfterMs: 1 };
    case "crash before its effect":
      return { ...UNANSWERED, crashAfterMs: 1 };
    case "crash after its effect":
      return { ...HONEST, crashAfterMs: WORK_MS + 1 };
    case "crash after its answer":
      return { ...HONEST, crashAfterMs: ANSWER_MS };
    case "stale list":
      return { ...HONEST, lagMs: ms };
    default:
      return HONEST;
  }
}

export function planOfOutage(outage: Outage): Plan {
  switch (outage) {
    case "401":
      return { ...refusal(401, "Not authenticated") };
    case "403":
      return { ...refusal(403, "You have no permission") };
    case "no answer":
      return UNANSWERED;
    case "502":
      return { ...UNWORKED, answer: text(502, "Bad Gateway") };
    case "no connection":
      return NEVER_SENT;
  }
}

/** The refusals fit every request; which one it is follows from the number that was drawn. */
function refused(target: RemoteTarget, ms: number): Plan {
  const [status, detail] = REFUSALS[ms % REFUSALS.length] ?? [409, "busy"];
  return target === "POST" ? refusal(status, detail) : refusal(409, "busy");
}

function refusal(status: number, detail: string): Plan {
  return { ...UNWORKED, isRefusal: true, answer: json(status, JSON.stringify({ detail })) };
}

/** Looks like a refusal, but bears no documented status or body; a proxy answers so. */
function misleading(target: RemoteTarget, ms: number): RawResponse {
  if (target === "DELETE" || target === "GET") return text(404, "404 page not found");
  return ms % 2 === 0 ? json(400, '{"detail": "quota exceeded"}') : text(403, "forbidden");
}

function text(status: number, body: string): RawResponse {
  return { status, contentType: "text/html", text: body };
}

function json(status: number, body: string): RawResponse {
  return { status, contentType: "application/json", text: body };
}
