import { randomUUID } from "node:crypto";
import { type Application, statusAt, type WayStatus } from "./application.ts";
import type { Panel } from "./panel.ts";
import { failedPrecondition } from "./refusal.ts";
import type { Task, TaskOperation } from "./task.ts";

export interface JobPlan {
  readonly operation: TaskOperation;
  /** The statuses it passes through, and how long each lasts. */
  readonly phases?: readonly (readonly [WayStatus, number])[];
  /** For work that leaves the status as it is. */
  readonly quietMs?: number;
  readonly groupId?: string;
  /** Why it fails. */
  readonly error?: string | undefined;
  readonly onDone: () => void;
  readonly onError?: (message: string) => void;
}

/** Begins a piece of work on an application that has none. */
export function beginJob(panel: Panel, application: Application, plan: JobPlan): Task {
  const startMs = panel.clock.now();
  const { phases = [], quietMs = 0 } = plan;
  const task = addTask(panel, application, plan.operation, plan.groupId);
  const error = takeFailure(panel, task) ?? plan.error;
  let endMs = startMs + quietMs;
  const timed = phases.map(([status, ms]) => {
    const fromMs = endMs;
    endMs += ms;
    return { status, fromMs, untilMs: endMs };
  });
  const endedAt = panel.timestamp(endMs - startMs);
  const finish = (): void => {
    endTask(task, endedAt, error);
    if (error === undefined) plan.onDone();
    else plan.onError?.(error);
  };
  application.job = { task, phases: timed, endMs, finish };
  panel.applications.watch(application);
  return task;
}

/** The deletion takes the application out of whatever it is at, and leaves it the status it has. */
export function beginDeletion(panel: Panel, application: Application): Task {
  const nowMs = panel.clock.now();
  const { status } = statusAt(application, nowMs);
  cancelJob(panel, application);
  const task = addTask(panel, application, "DeleteApplication", undefined);
  const error = takeFailure(panel, task);
  const { deletingMs } = panel.timings;
  const untilMs = nowMs + deletingMs;
  if (error === undefined) application.goneAtMs = untilMs;
  const endedAt = panel.timestamp(deletingMs);
  application.job = {
    task,
    phases: [{ status, fromMs: Number.NEGATIVE_INFINITY, untilMs }],
    endMs: untilMs,
    finish: () => {
      endTask(task, endedAt, error);
      if (error === undefined) panel.applications.remove(application);
    },
  };
  panel.applications.watch(application);
  return task;
}

/** Takes an application out of what it is at; it is then as it was at rest before. */
export function cancelJob(panel: Panel, application: Application): void {
  const { job } = application;
  if (job === undefined) return;
  job.task.status = "Cancelled";
  job.task.endedAt = panel.timestamp();
  application.job = undefined;
}

/** Refuses work on an application that is at some already. */
export function requireIdle({ job, displayName }: Application): void {
  if (job === undefined) return;
  const { operation } = job.task;
  throw failedPrecondition({
    ru: `Над приложением «${displayName}» уже выполняется задача ${operation}`,
    en: `Application "${displayName}" is at task ${operation} already`,
  });
}

/** A task that has just begun. */
export function addTask(
  panel: Panel,
  { id, spaceId }: Application,
  operation: TaskOperation,
  groupId: string | undefined,
): Task {
  const task: Task = {
    id: randomUUID(),
    operation,
    applicationId: id,
    spaceId,
    groupId,
    startedAt: panel.timestamp(),
    endedAt: undefined,
    status: "InProgress",
    errorMessage: undefined,
  };
  panel.tasks.set(task.id, task);
  return task;
}

export function endTask(task: Task, endedAt: string, error: string | undefined): void {
  task.endedAt = endedAt;
  task.status = error === undefined ? "Done" : "Error";
  task.errorMessage = error;
}

function takeFailure({ scriptedFailures }: Panel, task: Task): string | undefined {
  const index = scriptedFailures.findIndex(
    ({ applicationId = task.applicationId, operation = task.operation }) =>
      applicationId === task.applicationId && operation === task.operation,
  );
  return index === -1 ? undefined : scriptedFailures.splice(index, 1)[0]?.error;
}
