import { applicationView } from "./application-view.ts";
import type { Panel } from "./panel.ts";
import { taskView } from "./task-view.ts";

/** Everything there is, whoever may see it, and how the panel is set. No secrets. */
export function stateOfPanel(panel: Panel): Record<string, unknown> {
  const applications = panel.applications.all();
  return {
    nowMs: panel.clock.now(),
    settings: panel.settings,
    timings: panel.timings,
    applications: applications.map((application) =>
      Object.assign(applicationView(panel, application), {
        hasDrafts: application.hasDrafts,
        createdMs: application.createdMs,
        goneAtMs: application.goneAtMs,
      }),
    ),
    deleted: panel.applications.allDeleted().map(({ id }) => id),
    tasks: [...panel.tasks.values()].map((task) => taskView(panel, task)),
    spaces: [...panel.catalogue.spaces.values()],
    projects: [...panel.catalogue.projects.values()],
    assemblies: [...panel.catalogue.assemblies.values()],
    userLists: [...panel.catalogue.userLists.values()],
    clients: panel.clients.all().map(({ clientId, name, user, rights, spaces }) => ({
      clientId,
      name,
      user,
      rights,
      spaces,
    })),
  };
}
