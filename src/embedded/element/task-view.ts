import type { Application } from "./application.ts";
import type { Panel } from "./panel.ts";
import type { GroupTask, Task } from "./task.ts";

export function taskView(panel: Panel, task: Task): Record<string, unknown> {
  return {
    ...taskInGroup(panel, task),
    "application-id": task.applicationId,
    ...(task.errorMessage === undefined ? {} : { "error-message": task.errorMessage }),
  };
}

export function groupTaskView(panel: Panel, group: GroupTask): Record<string, unknown> {
  const { tasks } = group;
  const failed = tasks.filter(({ status }) => status === "Error");
  const count = (status: Task["status"]): string =>
    String(tasks.filter((task) => task.status === status).length);
  const isOver = tasks.every(({ endedAt }) => endedAt !== undefined);
  const outcome = failed.length > 0 ? panel.settings.failedTaskStatus : "Done";
  const messages = failed.map(({ errorMessage }) => errorMessage).join("; ");
  return {
    id: group.id,
    type: "UpdateApplicationsTechnology",
    "date-created": group.createdAt,
    "created-by": group.createdBy,
    // Text, as the contract has it, and the counts as well.
    "any-failure": String(failed.length > 0),
    "completed-count": count("Done"),
    "cancelled-count": count("Cancelled"),
    "total-count": String(tasks.length),
    status: isOver ? outcome : "InProgress",
    ...(failed.length === 0 ? {} : { "error-message": messages }),
    tasks: tasks.map((task) => taskInGroup(panel, task)),
  };
}

/** The field of a card that says what the application is at; none where it is at nothing. */
export function currentTask(panel: Panel, { job }: Application): Record<string, unknown> {
  return job === undefined ? {} : { "current-task": briefTask(panel, job.task) };
}

function taskInGroup(panel: Panel, task: Task): Record<string, unknown> {
  const group = task.groupId === undefined ? {} : { "group-id": task.groupId };
  return { ...briefTask(panel, task), ...group };
}

function briefTask({ settings }: Panel, task: Task): Record<string, unknown> {
  return {
    id: task.id,
    status: task.status === "Error" ? settings.failedTaskStatus : task.status,
    "operation-type": task.operation,
    "start-date": task.startedAt,
    ...(task.endedAt === undefined ? {} : { "end-date": task.endedAt }),
  };
}
