import type { Application } from "./application.ts";
import { applicationView } from "./application-view.ts";
import { findApplication, noApplication } from "./find-application.ts";
import { beginDeletion } from "./job.ts";
import { type Call, ok, type Outcome } from "./outcome.ts";
import { listed } from "./page.ts";
import type { Panel } from "./panel.ts";
import { existing, failedPrecondition } from "./refusal.ts";

/** Knows no filter by name, whatever the query says. Without `deleted=false` the deleted ones are there as well. */
export function listApplications(call: Call): Outcome {
  const { panel, client, query } = call;
  const living = query.deleted === true ? [] : panel.applications.all();
  const deleted = query.deleted === false ? [] : panel.applications.allDeleted();
  const seen = [...living, ...deleted].filter((application) => panel.canSee(client, application));
  return listed(
    call,
    seen.map((application) => applicationView(panel, application)),
  );
}

/** Where deleted cards stay, also of one that is deleted. */
export function getApplication({ panel, client, params }: Call): Outcome {
  const { ApplicationId: id = "" } = params;
  const { applications, settings } = panel;
  const deleted = settings.showsDeleted ? applications.getDeleted(id) : undefined;
  const found = applications.get(id) ?? deleted;
  const isSeen = found !== undefined && panel.canSee(client, found);
  return ok(applicationView(panel, existing(isSeen ? found : undefined, noApplication(id))));
}

/** Answers at once; asked again while it goes on, the panel says the same. */
export function deleteApplication(call: Call): Outcome {
  const { panel } = call;
  const application = findApplication(call);
  if (application.hasDrafts) {
    throw failedPrecondition({
      ru: `Удаление приложения «${application.displayName}» невозможно: в среде разработки есть неопубликованные черновики`,
      en: `Application "${application.displayName}" cannot be deleted: there are unpublished drafts in its development environment`,
    });
  }
  if (application.goneAtMs !== undefined) return ok(applicationView(panel, application));
  beginDeletion(panel, application);
  const what = application.goneAtMs === undefined ? "changed" : "deleted";
  return ok(applicationView(panel, application), [panel.effect(what, application)]);
}

export function startAutostarting(call: Call): Outcome {
  return setAutostarting(call.panel, findApplication(call), true);
}

export function stopAutostarting(call: Call): Outcome {
  return setAutostarting(call.panel, findApplication(call), false);
}

function setAutostarting(panel: Panel, application: Application, isOn: boolean): Outcome {
  application.autostartingJobs = isOn;
  application.autostartingEsb = isOn;
  return ok(applicationView(panel, application), [panel.effect("changed", application)]);
}
