import type { Assembly, Project } from "./catalogue.ts";
import { type ApplicationPlan, makeApplication } from "./make-application.ts";
import { applicationView } from "./application-view.ts";
import { type Call, ok, type Outcome } from "./outcome.ts";
import type { Panel } from "./panel.ts";
import { failedPrecondition, invalid, referred, Refusal } from "./refusal.ts";
import { DBMS_TYPES, type DbmsType } from "./settings.ts";

/** The body as the contract has it. */
export interface ApplicationCreate {
  readonly source: { readonly "project-version-id"?: string; readonly "image-id"?: string };
  readonly "display-name": string;
  readonly "publication-context": string;
  readonly "development-mode": boolean;
  readonly "technology-version"?: string;
  readonly "default-user-list"?: string;
  readonly "user-lists"?: readonly string[];
  readonly "space-id"?: string;
  readonly "domain-name"?: string;
  readonly "autostarting-scheduled-jobs"?: boolean;
  readonly "autostarting-esb"?: boolean;
  readonly "dbms-type"?: DbmsType;
  readonly description?: string;
}

export const DEFAULT_DOMAIN = "apps.element.example";

/** Answers at once: the application is made afterwards. */
export function createApplication({ panel, client, body }: Call<ApplicationCreate>): Outcome {
  const { project, build } = readSource(panel, body.source);
  const spaceId = body["space-id"] ?? project.spaceId;
  const space = panel.catalogue.spaces.get(spaceId);
  const isSeen = space !== undefined && panel.canSee(client, { spaceId });
  referred(isSeen ? space : undefined, {
    ru: `Пространство ${spaceId} не найдено`,
    en: `Space ${spaceId} is not found`,
  });
  const context = body["publication-context"];
  const domain = body["domain-name"] ?? DEFAULT_DOMAIN;
  if (body["display-name"] === "" || context === "") {
    throw invalid({
      ru: "Не заполнено имя или контекст публикации",
      en: "The name or the publication context is empty",
    });
  }
  const defaultUserList = body["default-user-list"];
  const userLists = [...(body["user-lists"] ?? [])];
  requireUserLists(panel, [
    ...userLists,
    ...(defaultUserList === undefined ? [] : [defaultUserList]),
  ]);
  const plan: ApplicationPlan = {
    displayName: body["display-name"],
    description: body.description ?? "",
    context,
    domain,
    spaceId,
    projectId: project.id,
    build,
    dbmsType: readDbmsType(panel, body["dbms-type"]),
    technologyVersion: readTechnology(panel, body["technology-version"]),
    developmentMode: body["development-mode"],
    autostartingJobs: body["autostarting-scheduled-jobs"] ?? true,
    autostartingEsb: body["autostarting-esb"] ?? true,
    defaultUserList,
    userLists,
  };
  requireFreeContext(panel, context, domain);
  requireQuota(panel, spaceId);
  const application = makeApplication(panel, plan);
  return ok(applicationView(panel, application), [panel.effect("created", application)]);
}

function readSource(
  panel: Panel,
  { "project-version-id": assemblyId, "image-id": projectId }: ApplicationCreate["source"],
): { readonly project: Project; readonly build: Assembly | undefined } {
  const { assemblies, projects } = panel.catalogue;
  if (assemblyId !== undefined) {
    const build = referred(assemblies.get(assemblyId), noAssembly(assemblyId));
    return { project: referred(projects.get(build.projectId), noProject(build.projectId)), build };
  }
  if (projectId === undefined) {
    throw invalid({
      ru: "В источнике не указаны ни сборка, ни проект",
      en: "The source names neither an assembly nor a project",
    });
  }
  const project = referred(projects.get(projectId), noProject(projectId));
  const isEmpty = panel.settings.emptyFromProject;
  return { project, build: isEmpty ? undefined : panel.catalogue.newestOf(projectId) };
}

export function noAssembly(id: string): { ru: string; en: string } {
  return { ru: `Сборка ${id} не найдена`, en: `Assembly ${id} is not found` };
}

export function noProject(id: string): { ru: string; en: string } {
  return { ru: `Проект ${id} не найден`, en: `Project ${id} is not found` };
}

export function requireUserLists(
  { catalogue }: Panel,
  ids: readonly string[],
  missingAs?: 400 | 404,
): void {
  for (const id of ids) {
    const text = {
      ru: `Список пользователей ${id} не найден`,
      en: `User list ${id} is not found`,
    };
    referred(catalogue.userLists.get(id), text, missingAs);
  }
}

function readDbmsType({ settings }: Panel, wanted: DbmsType | undefined): DbmsType {
  const [first = DBMS_TYPES[0]] = settings.dbmsTypes;
  const type = wanted ?? first;
  if (settings.dbmsTypes.includes(type)) return type;
  throw invalid({ ru: `СУБД ${type} не поддерживается`, en: `DBMS ${type} is not offered` });
}

/** By default the newest. */
export function readTechnology({ settings }: Panel, wanted: string | undefined): string {
  const version = wanted ?? settings.technologyVersions.at(-1) ?? "";
  if (wanted === undefined || settings.technologyVersions.includes(version)) return version;
  throw invalid({
    ru: `Версия технологии ${version} недоступна`,
    en: `Technology version ${version} is not offered`,
  });
}

function requireFreeContext({ applications }: Panel, context: string, domain: string): void {
  const isTaken = applications
    .all()
    .some((other) => other.context === context && other.domain === domain);
  if (!isTaken) return;
  throw new Refusal("ALREADY_EXISTS", {
    ru: `Контекст публикации «${context}» уже занят`,
    en: `Publication context "${context}" is taken already`,
  });
}

function requireQuota(panel: Panel, spaceId: string): void {
  const quota = panel.catalogue.spaces.get(spaceId)?.applicationsQuota;
  if (quota === undefined || panel.applicationsIn(spaceId) < quota) return;
  throw failedPrecondition({
    ru: `Достигнута квота приложений пространства: ${quota}`,
    en: `The space has reached its quota of ${quota} applications`,
  });
}
