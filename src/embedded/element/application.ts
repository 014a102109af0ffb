import type { Assembly } from "./catalogue.ts";
import type { DbmsType } from "./settings.ts";
import type { Task } from "./task.ts";

/** What an application can be at rest. */
export type RestStatus = "Running" | "Stopped" | "Error" | "Frozen";
/** What it can be on its way from one rest to another. */
export type WayStatus = "Creating" | "Initializing" | "Starting" | "Stopping" | "Updating";

interface Phase {
  readonly status: string;
  /** Monotonic; before all time where the status did not begin with the phase. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** One piece of work on an application; what it ends in is known when it begins. */
export interface Job {
  readonly task: Task;
  /** Without any, the application shows its rest. */
  readonly phases: readonly Phase[];
  readonly endMs: number;
  readonly finish: () => void;
}

export interface Application {
  readonly id: string;
  readonly name: string;
  displayName: string;
  description: string;
  readonly spaceId: string;
  readonly projectId: string;
  /** Undefined: the application is empty. */
  build: Assembly | undefined;
  buildChangedAt: string;
  readonly dbmsType: DbmsType;
  technologyVersion: string;
  technologyChangedAt: string;
  readonly developmentMode: boolean;
  autostartingJobs: boolean;
  autostartingEsb: boolean;
  readonly defaultUserList: string | undefined;
  userLists: readonly string[];
  readonly endpointId: string;
  readonly domain: string;
  readonly context: string;
  readonly createdAt: string;
  readonly createdMs: number;
  /** Unpublished drafts in its development environment: it cannot be deleted. */
  hasDrafts: boolean;
  rest: RestStatus;
  restSinceMs: number;
  restBeforeFrozen: RestStatus;
  error: string;
  /** A status set by hand; hides the real one. */
  forced: string | undefined;
  job: Job | undefined;
  /** Whether it was ever ready: before that it has no address. */
  wasReady: boolean;
  /** Set when its deletion begins. */
  goneAtMs: number | undefined;
}

/** What an application is at a moment, and since when. */
export function statusAt(
  { forced, job, rest, restSinceMs }: Application,
  nowMs: number,
): { readonly status: string; readonly sinceMs: number } {
  if (forced !== undefined) return { status: forced, sinceMs: Number.NEGATIVE_INFINITY };
  // A job that has just run out shows its last phase until it is finished.
  const phase = job?.phases.find(({ untilMs }) => nowMs < untilMs) ?? job?.phases.at(-1);
  if (phase === undefined) return { status: rest, sinceMs: restSinceMs };
  return { status: phase.status, sinceMs: phase.fromMs };
}
