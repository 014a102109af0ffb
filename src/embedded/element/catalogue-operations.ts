import { createHash } from "node:crypto";
import { type Assembly, buildNumber, type Project, type Space } from "./catalogue.ts";
import { noProject } from "./create-application.ts";
import { type Call, ok, type Outcome } from "./outcome.ts";
import { listed } from "./page.ts";
import type { Panel } from "./panel.ts";
import { existing } from "./refusal.ts";

export function listSpaces(call: Call): Outcome {
  const { panel, client } = call;
  const seen = [...panel.catalogue.spaces.values()].filter(({ id }) =>
    panel.canSee(client, { spaceId: id }),
  );
  return listed(
    call,
    seen.map((space) => spaceView(panel, space)),
  );
}

export function getSpace({ panel, client, params }: Call): Outcome {
  const { SpaceId: id = "" } = params;
  const space = panel.catalogue.spaces.get(id);
  const isSeen = space !== undefined && panel.canSee(client, { spaceId: id });
  const text = { ru: `Пространство ${id} не найдено`, en: `Space ${id} is not found` };
  return ok(spaceView(panel, existing(isSeen ? space : undefined, text)));
}

export function listProjects({ panel, client }: Call): Outcome {
  const projects = [...panel.catalogue.projects.values()];
  const seen = projects.filter((project) => panel.canSee(client, project));
  return ok(seen.map((project) => projectView(panel, project)));
}

export function getProject(call: Call): Outcome {
  return ok(projectView(call.panel, findProject(call)));
}

/** Sorted as text, as a list with `1.0-10` before `1.0-9` in it: its order says nothing about age. */
export function listAssemblies(call: Call): Outcome {
  const { panel } = call;
  const project = findProject(call);
  const assemblies = panel.catalogue
    .assembliesOf(project.id)
    .toSorted((a, b) => (a.version < b.version ? -1 : 1));
  const { assembliesAs } = panel.settings;
  return {
    ...ok(assemblies.map((assembly) => assemblyView(project, assembly))),
    shape: (answer) => (assembliesAs === "array" ? answer : { [assembliesAs]: answer }),
  };
}

export function listUserLists(call: Call): Outcome {
  const { panel, client } = call;
  const seen = [...panel.catalogue.userLists.values()].filter((list) => panel.canSee(client, list));
  const views = seen.map(({ id, presentation, spaceId }) => ({
    id,
    presentation,
    "space-id": spaceId,
  }));
  return listed(call, views);
}

export function listDbmsTypes({ panel }: Call): Outcome {
  return ok(panel.settings.dbmsTypes.map((type) => ({ type })));
}

function findProject({ panel, client, params }: Call): Project {
  const { ProjectId: id = "" } = params;
  const project = panel.catalogue.projects.get(id);
  const isSeen = project !== undefined && panel.canSee(client, project);
  return existing(isSeen ? project : undefined, noProject(id));
}

function spaceView(panel: Panel, space: Space): Record<string, unknown> {
  const { catalogue } = panel;
  const isInside = ({ spaceId }: { readonly spaceId: string }): boolean => spaceId === space.id;
  return {
    id: space.id,
    owner: space.owner,
    name: space.name,
    "date-created": space.createdAt,
    "applications-count": panel.applicationsIn(space.id),
    "projects-count": [...catalogue.projects.values()].filter(isInside).length,
    "user-lists-count": [...catalogue.userLists.values()].filter(isInside).length,
    ...(space.applicationsQuota === undefined
      ? {}
      : { "applications-quota": space.applicationsQuota }),
    "project-creation-allowed": true,
  };
}

function projectView(panel: Panel, project: Project): Record<string, unknown> {
  const applications = panel.applications.all();
  const newest = panel.catalogue.newestOf(project.id);
  const image = newest && {
    id: newest.id,
    "image-type": "repository",
    version: newest.version,
    status: "Ready",
    "date-created": newest.createdAt,
    "application-count": applications.filter(({ build }) => build?.id === newest.id).length,
  };
  return {
    id: project.id,
    "space-id": project.spaceId,
    name: project.name,
    ...(image === undefined ? {} : { "default-image": image }),
    deleted: false,
    "application-count": applications.filter(({ projectId }) => projectId === project.id).length,
    code: project.code,
    "date-created": project.createdAt,
    description: "",
    "project-kind": "Application",
  };
}

function assemblyView(project: Project, assembly: Assembly): Record<string, unknown> {
  const { version } = assembly;
  return {
    id: assembly.id,
    "assembly-version": version,
    created: assembly.createdAt,
    "project-id": project.id,
    "project-name": project.name,
    "project-version": version.slice(0, version.lastIndexOf("-")),
    "project-developer": project.developer,
    "branch-name": "master",
    "commit-id": createHash("sha1").update(assembly.id).digest("hex"),
    comment: `Сборка ${buildNumber(assembly)}`,
    modified: false,
  };
}
