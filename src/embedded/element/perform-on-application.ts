import { randomUUID } from "node:crypto";
import type { Application } from "./application.ts";
import { DEFAULT_DOMAIN, noAssembly, readTechnology } from "./create-application.ts";
import { noApplication } from "./find-application.ts";
import { beginDeletion, cancelJob } from "./job.ts";
import { makeApplication } from "./make-application.ts";
import type { ApplicationAction, Done } from "./panel-action.ts";
import type { Panel } from "./panel.ts";
import { beginUpdate } from "./project-operations.ts";
import { existing } from "./refusal.ts";
import { SEED } from "./seed.ts";
import { beginPower, type PowerOrder } from "./status-operations.ts";
import type { TaskOperation } from "./task.ts";

type Named<Name extends ApplicationAction["action"]> = Extract<ApplicationAction, { action: Name }>;
type Touch = Exclude<ApplicationAction, Named<"create-application" | "fail-next-task">>;
type Work = Named<
  | "start-application"
  | "stop-application"
  | "freeze-application"
  | "update-application"
  | "fail-application"
>;
type Power = Named<"start-application" | "stop-application" | "freeze-application">["action"];

const ORDERS: Readonly<Record<Power, PowerOrder>> = {
  "start-application": "start",
  "stop-application": "stop",
  "freeze-application": "suspend",
};

/** What a person does to an application goes through in every state but one: nothing holds up a deletion. */
export function performOnApplication(panel: Panel, action: ApplicationAction): Done {
  switch (action.action) {
    case "create-application":
      return create(panel, action);
    case "fail-next-task":
      panel.scriptedFailures.push({
        applicationId: action.application,
        operation: operationNamed(action.operation),
        error: action.error,
      });
      return {};
    default: {
      const { application: id } = action;
      const application = existing(panel.applications.get(id), noApplication(id));
      touch(panel, application, action);
      const isDeleted =
        action.action === "delete-application" && application.goneAtMs !== undefined;
      return { id, effects: [panel.effect(isDeleted ? "deleted" : "changed", application)] };
    }
  }
}

function create(panel: Panel, action: Named<"create-application">): Done {
  const { assembly, displayName = "Приложение соседа", description = "" } = action;
  const build =
    assembly === undefined
      ? undefined
      : existing(panel.catalogue.assemblies.get(assembly), noAssembly(assembly));
  const projectId = build?.projectId ?? action.project ?? SEED.projects.shop;
  const application = makeApplication(panel, {
    displayName,
    description,
    context: action.context ?? `panel-${randomUUID().slice(0, 8)}`,
    domain: DEFAULT_DOMAIN,
    spaceId: action.space ?? SEED.spaces.development,
    projectId,
    build: build ?? panel.catalogue.newestOf(projectId),
    dbmsType: panel.settings.dbmsTypes[0] ?? "Postgres",
    technologyVersion: readTechnology(panel, undefined),
    developmentMode: false,
    autostartingJobs: true,
    autostartingEsb: true,
    defaultUserList: undefined,
    userLists: [],
  });
  return { id: application.id, effects: [panel.effect("created", application)] };
}

function touch(panel: Panel, application: Application, action: Touch): void {
  switch (action.action) {
    case "delete-application":
      if (application.goneAtMs === undefined) beginDeletion(panel, application);
      return;
    case "edit-description":
      application.description = action.description;
      return;
    case "rename-application":
      application.displayName = action.displayName;
      return;
    case "set-drafts":
      application.hasDrafts = action.hasDrafts;
      return;
    case "set-status":
      application.forced = action.status ?? undefined;
      return;
    default:
      if (application.goneAtMs === undefined) putToWork(panel, application, action);
  }
}

function putToWork(panel: Panel, application: Application, action: Work): void {
  cancelJob(panel, application);
  switch (action.action) {
    case "start-application":
    case "stop-application":
    case "freeze-application":
      beginPower(panel, application, ORDERS[action.action]);
      return;
    case "update-application": {
      const { assembly } = action;
      const build = existing(panel.catalogue.assemblies.get(assembly), noAssembly(assembly));
      beginUpdate(panel, application, build, "UpdateApplication");
      return;
    }
    case "fail-application":
      application.rest = "Error";
      application.restSinceMs = panel.clock.now();
      application.error = action.error;
  }
}

const OPERATIONS: readonly TaskOperation[] = [
  "CreateApplication",
  "StartApplication",
  "StopApplication",
  "SuspendApplication",
  "RestoreApplication",
  "UpdateApplication",
  "ReapplyApplication",
  "UpdateApplicationTechnologyVersion",
  "CreateApplicationDump",
  "DeleteApplication",
];

function operationNamed(name: string | undefined): TaskOperation | undefined {
  const found = OPERATIONS.find((operation) => operation === name);
  if (name !== undefined && found === undefined) throw new Error(`${name} is no operation type`);
  return found;
}
