import { createHash } from "node:crypto";
import type { Application } from "./application.ts";
import { applicationView } from "./application-view.ts";
import type { Assembly } from "./catalogue.ts";
import { noAssembly } from "./create-application.ts";
import { findApplication } from "./find-application.ts";
import { beginJob, requireIdle } from "./job.ts";
import { type Call, ok, type Outcome } from "./outcome.ts";
import type { Panel } from "./panel.ts";
import { failedPrecondition, invalid, referred } from "./refusal.ts";
import type { TaskOperation } from "./task.ts";

/** The body as the contract has it. */
export interface ProjectUpdate {
  readonly source?: { readonly "image-id"?: string };
}

export function getProjectOf(call: Call): Outcome {
  return ok(projectView(call.panel, findApplication(call)));
}

export function updateProject(call: Call<ProjectUpdate>): Outcome {
  const { panel, body } = call;
  const application = findApplication(call);
  const { "image-id": id } = body.source ?? {};
  if (id === undefined) {
    throw invalid({
      ru: "Не указан идентификатор сборки (image-id)",
      en: "The id of an assembly (image-id) is missing",
    });
  }
  const { catalogue, settings } = panel;
  const build = referred(catalogue.assemblies.get(id), noAssembly(id), settings.missingNamedAs);
  requireUpdatable(application);
  beginUpdate(panel, application, build, "UpdateApplication");
  return ok(applicationView(panel, application), [panel.effect("changed", application)]);
}

/** The same build once more. */
export function reapplyProject(call: Call): Outcome {
  const { panel } = call;
  const application = findApplication(call);
  requireUpdatable(application);
  beginUpdate(panel, application, application.build, "ReapplyApplication");
  return ok(projectView(panel, application), [panel.effect("changed", application)]);
}

/** A build that does not compile is rolled back without a word: the application is what it was, and only the task knows. */
export function beginUpdate(
  panel: Panel,
  application: Application,
  build: Assembly | undefined,
  operation: TaskOperation,
): void {
  const { rest } = application;
  const changedAt = panel.timestamp(panel.timings.updatingMs);
  beginJob(panel, application, {
    operation,
    phases: [["Updating", panel.timings.updatingMs]],
    error: build?.compileError,
    onDone: () => {
      application.build = build;
      application.buildChangedAt = changedAt;
      application.wasReady = true;
      application.error = build?.runtimeError ?? "";
      const settled = panel.settings.stopsAfterUpdate || rest === "Stopped" ? "Stopped" : "Running";
      application.rest = build?.runtimeError === undefined ? settled : "Error";
    },
  });
}

export function requireUpdatable(application: Application): void {
  requireIdle(application);
  if (application.rest !== "Frozen") return;
  throw failedPrecondition({
    ru: `Приложение «${application.displayName}» заморожено`,
    en: `Application "${application.displayName}" is frozen`,
  });
}

function projectView({ catalogue }: Panel, application: Application): Record<string, unknown> {
  const { build, projectId } = application;
  const project = catalogue.projects.get(projectId);
  return {
    id: projectId,
    developer: project?.developer ?? "",
    version: build?.version ?? "",
    title: project?.name ?? "",
    hash: build === undefined ? "" : createHash("sha1").update(build.id).digest("hex"),
    "date-updated": application.buildChangedAt,
  };
}
