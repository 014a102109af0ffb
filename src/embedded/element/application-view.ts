import { type Application, statusAt } from "./application.ts";
import type { Panel } from "./panel.ts";
import { currentTask } from "./task-view.ts";

/** The card of an application, as the contract has it. */
export function applicationView(panel: Panel, application: Application): Record<string, unknown> {
  const { catalogue } = panel;
  const { id, name, description, userLists } = application;
  return {
    id,
    name,
    "display-name": application.displayName,
    description,
    status: shownStatus(panel, application),
    "autostarting-scheduled-jobs": application.autostartingJobs,
    "autostarting-esb": application.autostartingEsb,
    "development-mode": application.developmentMode,
    debugging: false,
    project: { id: application.projectId },
    "dbms-type": application.dbmsType,
    source: sourceView(panel, application),
    uri: application.wasReady ? addressOf(application) : "",
    ...(application.defaultUserList === undefined
      ? {}
      : { "default-user-list": application.defaultUserList }),
    "user-lists": userLists.map((list) => ({
      id: list,
      presentation: catalogue.userLists.get(list)?.presentation ?? "",
    })),
    "date-created": application.createdAt,
    "space-id": application.spaceId,
    ...currentTask(panel, application),
    endpoint: {
      id: application.endpointId,
      fqdn: application.domain,
      "context-path": application.context,
      active: application.wasReady,
    },
    "technology-version": application.technologyVersion,
    error: application.error,
  };
}

/** As the version of the panel words it; empty for a moment where it is so between two statuses. */
export function shownStatus(panel: Panel, application: Application): string {
  const { settings, timings, clock } = panel;
  const isDeleted = panel.applications.getDeleted(application.id) !== undefined;
  const { status, sinceMs } = isDeleted
    ? { status: "Deleted", sinceMs: Number.NEGATIVE_INFINITY }
    : statusAt(application, clock.now());
  if (settings.emptyStatusBetween && clock.now() - sinceMs < timings.emptyMs) return "";
  return settings.upperCaseStatuses ? status.toUpperCase() : status;
}

/** An empty application has no build, and names only the project it was to be made of. */
function sourceView(
  { catalogue, settings: { appliedAs } }: Panel,
  { build, projectId }: Application,
): Record<string, unknown> {
  const project = { "project-name": catalogue.projects.get(projectId)?.name ?? "" };
  if (build === undefined) return { type: "repository", "image-id": projectId, ...project };
  return {
    type: "repository",
    ...(appliedAs === "version" ? {} : { "project-version-id": build.id }),
    ...(appliedAs === "id" ? {} : { "project-version": build.version }),
    "image-id": build.id,
    ...project,
  };
}

function addressOf({ domain, context }: Application): string {
  return `https://${domain}/applications/${context}`;
}
