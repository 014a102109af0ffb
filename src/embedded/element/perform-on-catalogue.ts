import { randomUUID } from "node:crypto";
import type { Catalogue } from "./catalogue.ts";
import { noProject } from "./create-application.ts";
import type { CatalogueAction, Done } from "./panel-action.ts";
import { existing } from "./refusal.ts";

export function performOnCatalogue(
  catalogue: Catalogue,
  createdAt: string,
  action: CatalogueAction,
): Done {
  const id = randomUUID();
  switch (action.action) {
    case "add-assembly": {
      const { project, version, compileError, runtimeError } = action;
      const { id: projectId } = existing(catalogue.projects.get(project), noProject(project));
      catalogue.assemblies.set(id, {
        id,
        projectId,
        version,
        createdAt,
        compileError,
        runtimeError,
      });
      return { id };
    }
    case "add-user-list":
      catalogue.userLists.set(id, {
        id,
        presentation: action.presentation,
        spaceId: action.space,
      });
      return { id };
    case "add-space":
      catalogue.spaces.set(id, {
        id,
        owner: "panel",
        name: action.name,
        createdAt,
        applicationsQuota: action.applicationsQuota,
      });
      return { id };
    case "set-quota": {
      const text = { ru: "Пространство не найдено", en: "The space is not found" };
      const space = existing(catalogue.spaces.get(action.space), text);
      space.applicationsQuota = action.applications ?? undefined;
      return { id: space.id };
    }
  }
}
