import type { Answer } from "../answer.ts";
import { ProviderError } from "../errors.ts";
import type { Panel } from "./panel.ts";

/** Which build a spec names. */
export interface WantedBuild {
  readonly projectVersionId?: string | undefined;
  readonly projectId?: string | undefined;
  /** Left out: the project's default build, or its newest. */
  readonly assemblyVersion?: string | undefined;
}

/** The panel takes a build by its id alone, so a version is looked up among the builds of its project. */
export async function resolveBuild(
  panel: Panel,
  { projectVersionId, projectId, assemblyVersion }: WantedBuild,
  signal: AbortSignal,
): Promise<string> {
  if (projectVersionId !== undefined) return projectVersionId;
  // An API server that knows no rules lets such a spec pass.
  if (projectId === undefined)
    throw new ProviderError(
      "invalid",
      "spec.source names no build: it needs projectId or projectVersionId",
    );
  if (assemblyVersion === undefined) return standardBuild(panel, projectId, signal);
  const builds = await buildsOf(panel, projectId, signal);
  const build = builds.find((one) => one.text("assembly-version") === assemblyVersion);
  if (build !== undefined) return build.textId;
  const known = versionsOf(builds).slice(-MAX_NAMED).join(", ");
  throw new ProviderError(
    "invalid",
    `project ${projectId} has no build ${assemblyVersion}; its newest are: ${known || "none at all"}`,
  );
}

/** More than anybody reads. */
const MAX_NAMED = 5;

/** What is made from a project as a whole may stay empty, so a build is named all the same. */
async function standardBuild(
  panel: Panel,
  projectId: string,
  signal: AbortSignal,
): Promise<string> {
  const project = await panel.get(`/projects/${projectId}`, "get project", signal);
  if (project === undefined) throw noProject(projectId);
  const { "default-image": image }: { "default-image"?: { id?: unknown } } = Object(project);
  if (typeof image?.id === "string" && image.id !== "") return image.id;
  const builds = await buildsOf(panel, projectId, signal);
  const [newest] = builds.toSorted((a, b) => byVersion(versionIn(b), versionIn(a)));
  if (newest === undefined)
    throw new ProviderError("invalid", `project ${projectId} has no build; make one in the panel`);
  return newest.textId;
}

/** All builds of a project. */
export async function buildsOf(
  panel: Panel,
  projectId: string,
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  const what = "list assemblies";
  const path = `/projects/${projectId}/assemblies`;
  try {
    return await panel.list(path, what, ["items", "assemblies"], signal);
  } catch (error) {
    const exists = await panel.get(`/projects/${projectId}`, "get project", signal);
    throw exists === undefined ? noProject(projectId) : error;
  }
}

function noProject(projectId: string): ProviderError {
  return new ProviderError(
    "invalid",
    `project ${projectId}, named in spec.source.projectId, does not exist, or the user may not see it`,
  );
}

function versionsOf(builds: readonly Answer[]): string[] {
  return builds.map(versionIn).toSorted(byVersion);
}

function versionIn(build: Answer): string {
  return build.text("assembly-version") ?? "";
}

/** By the number after the last hyphen: 1.0-10 is newer than 1.0-9. */
export function byVersion(a: string, b: string): number {
  return numberIn(a) - numberIn(b) || a.localeCompare(b);
}

function numberIn(version: string): number {
  const number = Number.parseInt(version.slice(version.lastIndexOf("-") + 1), 10);
  return Number.isNaN(number) ? -1 : number;
}
