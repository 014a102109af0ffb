import type { Application } from "./application.ts";
import type { Call } from "./outcome.ts";
import { existing } from "./refusal.ts";

/** The living application that a request is about. */
export function findApplication({ panel, client, params }: Call): Application {
  const { ApplicationId: id = "" } = params;
  const found = panel.applications.get(id);
  const isSeen = found !== undefined && panel.canSee(client, found);
  return existing(isSeen ? found : undefined, noApplication(id));
}

export function noApplication(id: string): { ru: string; en: string } {
  return { ru: `Приложение ${id} не найдено`, en: `Application ${id} is not found` };
}
