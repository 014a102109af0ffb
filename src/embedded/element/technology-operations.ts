import { randomUUID } from "node:crypto";
import type { Application } from "./application.ts";
import { readTechnology } from "./create-application.ts";
import { findApplication, noApplication } from "./find-application.ts";
import { addTask, beginJob, endTask } from "./job.ts";
import { type Call, ok, type Outcome } from "./outcome.ts";
import type { Panel } from "./panel.ts";
import { existing, invalid, referred } from "./refusal.ts";
import type { GroupTask, Task } from "./task.ts";
import { groupTaskView } from "./task-view.ts";

/** The body as the contract has it. */
export interface TechnologyUpdate {
  readonly "technology-version"?: string;
  readonly applications?: readonly string[];
}

const OPERATION = "UpdateApplicationTechnologyVersion";

export function getTechnology(call: Call): Outcome {
  const { technologyVersion, technologyChangedAt } = findApplication(call);
  return ok({ "technology-version": technologyVersion, "date-updated": technologyChangedAt });
}

/** An application that is at something else gets a task that has failed already; the others go on. */
export function updateTechnology({ panel, client, body }: Call<TechnologyUpdate>): Outcome {
  const { "technology-version": wanted, applications: ids = [] } = body;
  if (wanted === undefined || ids.length === 0) {
    throw invalid({
      ru: "Не указаны версия технологии или приложения",
      en: "The technology version or the applications are missing",
    });
  }
  const version = readTechnology(panel, wanted);
  const applications = [...new Set(ids)].map((id) => {
    const found = panel.applications.get(id);
    const isSeen = found !== undefined && panel.canSee(client, found);
    const seen = isSeen ? found : undefined;
    return referred(seen, noApplication(id), panel.settings.missingNamedAs);
  });
  const groupId = randomUUID();
  const group: GroupTask = {
    id: groupId,
    createdAt: panel.timestamp(),
    createdBy: client.user.login,
    tasks: applications.map((application) => begin(panel, application, version, groupId)),
  };
  panel.groupTasks.set(groupId, group);
  return ok(
    groupTaskView(panel, group),
    applications.map((application) => panel.effect("changed", application)),
  );
}

export function getGroupTask({ panel, client, params }: Call): Outcome {
  const { taskId: id = "" } = params;
  const group = panel.groupTasks.get(id);
  const isSeen = group?.tasks.every((task) => panel.canSee(client, task)) === true;
  const text = { ru: `Групповая задача ${id} не найдена`, en: `Group task ${id} is not found` };
  return ok(groupTaskView(panel, existing(isSeen ? group : undefined, text)));
}

function begin(panel: Panel, application: Application, version: string, groupId: string): Task {
  const { job, rest } = application;
  if (job !== undefined || rest === "Frozen") {
    const task = addTask(panel, application, OPERATION, groupId);
    const reason =
      job === undefined ? "приложение заморожено" : `выполняется ${job.task.operation}`;
    endTask(task, panel.timestamp(), `Обновление технологии невозможно: ${reason}`);
    return task;
  }
  const changedAt = panel.timestamp(panel.timings.updatingMs);
  return beginJob(panel, application, {
    operation: OPERATION,
    groupId,
    phases: [["Updating", panel.timings.updatingMs]],
    error: panel.settings.brokenTechnologies[version],
    onDone: () => {
      application.technologyVersion = version;
      application.technologyChangedAt = changedAt;
    },
  });
}
