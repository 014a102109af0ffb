import { randomUUID } from "node:crypto";
import type { Application } from "./application.ts";
import { beginJob } from "./job.ts";
import type { Panel } from "./panel.ts";

export type ApplicationPlan = Pick<
  Application,
  | "displayName"
  | "description"
  | "context"
  | "domain"
  | "spaceId"
  | "projectId"
  | "build"
  | "dbmsType"
  | "technologyVersion"
  | "developmentMode"
  | "autostartingJobs"
  | "autostartingEsb"
  | "defaultUserList"
  | "userLists"
>;

/** Begins an application; it has no address until it is ready. */
export function makeApplication(panel: Panel, plan: ApplicationPlan): Application {
  const createdAt = panel.timestamp();
  const createdMs = panel.clock.now();
  const { technologyVersion, build } = plan;
  const application: Application = {
    ...plan,
    id: randomUUID(),
    name: plan.context,
    buildChangedAt: createdAt,
    technologyChangedAt: createdAt,
    endpointId: randomUUID(),
    createdAt,
    createdMs,
    hasDrafts: false,
    rest: "Stopped",
    restSinceMs: createdMs,
    restBeforeFrozen: "Stopped",
    error: "",
    forced: undefined,
    job: undefined,
    wasReady: false,
    goneAtMs: undefined,
  };
  panel.applications.add(application);
  const { creatingMs, initializingMs, startingMs } = panel.timings;
  const fail = (message: string): void => {
    application.rest = "Error";
    application.error = message;
  };
  beginJob(panel, application, {
    operation: "CreateApplication",
    phases: [
      ["Creating", creatingMs],
      ["Initializing", initializingMs],
      ["Starting", startingMs],
    ],
    error: build?.compileError ?? panel.settings.brokenTechnologies[technologyVersion],
    onDone: () => {
      application.wasReady = true;
      if (build?.runtimeError === undefined) application.rest = "Running";
      else fail(build.runtimeError);
    },
    onError: fail,
  });
  return application;
}
