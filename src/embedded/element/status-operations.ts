import type { Application, RestStatus, WayStatus } from "./application.ts";
import { shownStatus } from "./application-view.ts";
import { findApplication } from "./find-application.ts";
import { beginJob, requireIdle } from "./job.ts";
import { type Call, ok, type Outcome } from "./outcome.ts";
import type { Panel } from "./panel.ts";
import { failedPrecondition } from "./refusal.ts";
import type { TaskOperation } from "./task.ts";
import { currentTask } from "./task-view.ts";

export type PowerOrder = "start" | "stop" | "suspend" | "restore";

interface PowerRule {
  readonly operation: TaskOperation;
  readonly from: readonly RestStatus[];
  readonly way: WayStatus;
}

const RULES: Readonly<Record<PowerOrder, PowerRule>> = {
  start: { operation: "StartApplication", from: ["Stopped"], way: "Starting" },
  stop: { operation: "StopApplication", from: ["Running"], way: "Stopping" },
  suspend: { operation: "SuspendApplication", from: ["Running", "Stopped"], way: "Stopping" },
  restore: { operation: "RestoreApplication", from: ["Frozen"], way: "Starting" },
};

export function getStatus(call: Call): Outcome {
  return ok(statusView(call.panel, findApplication(call)));
}

export function startApplication(call: Call): Outcome {
  return order(call, "start");
}

export function stopApplication(call: Call): Outcome {
  return order(call, "stop");
}

export function suspendApplication(call: Call): Outcome {
  return order(call, "suspend");
}

export function restoreApplication(call: Call): Outcome {
  return order(call, "restore");
}

function order(call: Call, name: PowerOrder): Outcome {
  const { panel } = call;
  const application = findApplication(call);
  requireIdle(application);
  const { from, operation } = RULES[name];
  const { rest, displayName } = application;
  if (rest !== "Error" && !from.includes(rest)) {
    throw failedPrecondition({
      ru: `Операция ${operation} недоступна: приложение «${displayName}» в статусе ${rest}`,
      en: `${operation} is not possible: application "${displayName}" is ${rest}`,
    });
  }
  beginPower(panel, application, name);
  return ok(statusView(panel, application), [panel.effect("changed", application)]);
}

/** What is in error is taken through the motions and stays in error. */
export function beginPower(panel: Panel, application: Application, name: PowerOrder): void {
  const { operation, way } = RULES[name];
  const { startingMs, stoppingMs } = panel.timings;
  const { rest } = application;
  beginJob(panel, application, {
    operation,
    phases: [[way, way === "Starting" ? startingMs : stoppingMs]],
    error: rest === "Error" ? application.error : undefined,
    onDone: () => {
      application.rest = restAfter(application, name);
      if (name === "suspend") application.restBeforeFrozen = rest;
    },
  });
}

function restAfter({ restBeforeFrozen }: Application, name: PowerOrder): RestStatus {
  switch (name) {
    case "start":
      return "Running";
    case "stop":
      return "Stopped";
    case "suspend":
      return "Frozen";
    case "restore":
      return restBeforeFrozen;
  }
}

function statusView(panel: Panel, application: Application): Record<string, unknown> {
  return { status: shownStatus(panel, application), ...currentTask(panel, application) };
}
