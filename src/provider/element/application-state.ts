import type { Phase } from "../../core/observation.ts";
import type { Answer } from "../answer.ts";

/** What an application does when it is at rest. */
export type Power = "Running" | "Stopped" | "Frozen";

interface State {
  readonly phase: Phase;
  readonly power?: Power;
}

/** By the panel's word in lower case: older versions write it in upper case. */
const STATES: ReadonlyMap<string, State> = new Map<string, State>([
  ["running", { phase: "settled", power: "Running" }],
  ["stopped", { phase: "settled", power: "Stopped" }],
  ["frozen", { phase: "settled", power: "Frozen" }],
  ["error", { phase: "failed" }],
  ["creating", { phase: "busy" }],
  ["initializing", { phase: "busy" }],
  ["starting", { phase: "busy" }],
  ["stopping", { phase: "busy" }],
  ["updating", { phase: "busy" }],
  // Between two others the field may be empty for a moment.
  ["", { phase: "busy" }],
  ["deleting", { phase: "deleting" }],
  ["deleted", { phase: "deleting" }],
]);

const ENDED: ReadonlySet<string> = new Set([
  "completed",
  "complete",
  "done",
  "finished",
  "success",
  "succeeded",
  "error",
  "failed",
  "cancelled",
  "canceled",
]);

/** Where an application stands, by its status and by what is being done to it. */
export function stateOf(card: Answer): State & { readonly word: string } {
  const word = card.text("status") ?? "";
  const state = STATES.get(word.toLowerCase()) ?? ({ phase: "unknown" } as const);
  const task = card.object("current-task");
  if (task === undefined || !isUnderWay(task)) return { ...state, word };
  // Its status stays what it was until it is gone.
  if (/^delete/i.test(task.text("operation-type") ?? "")) return { phase: "deleting", word };
  // What a task is at work on is not at rest, whatever its status still says.
  return { ...state, phase: state.phase === "unknown" ? "unknown" : "busy", word };
}

/** Deleted for good: the panel has nothing but the card left. */
export function isDeleted(card: Answer): boolean {
  return card.text("status")?.toLowerCase() === "deleted";
}

export function isUnderWay(task: Answer): boolean {
  const status = task.text("status")?.toLowerCase();
  if (status === undefined || status === "") return false;
  return !ENDED.has(status) && (task.text("end-date") ?? "") === "";
}

export function hasFailed(task: Answer): boolean {
  return /^(error|failed)$/i.test(task.text("status") ?? "");
}
