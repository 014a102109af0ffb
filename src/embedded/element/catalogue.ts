/** What applications are made of and live in: spaces, projects with their assemblies, user lists. */
export interface Space {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly createdAt: string;
  /** How many applications it may have; undefined: no limit. */
  applicationsQuota: number | undefined;
}

export interface Project {
  readonly id: string;
  readonly spaceId: string;
  readonly name: string;
  readonly code: string;
  readonly developer: string;
  readonly createdAt: string;
}

export interface Assembly {
  readonly id: string;
  readonly projectId: string;
  /** Such as `1.0-42`: the project's version, and the number of the build. */
  readonly version: string;
  readonly createdAt: string;
  /** What the compiler says of it; such a build is never applied. */
  readonly compileError: string | undefined;
  /** It compiles and is applied, and then puts the application into `Error` with this text. */
  readonly runtimeError: string | undefined;
}

export interface UserList {
  readonly id: string;
  readonly presentation: string;
  readonly spaceId: string;
}

export class Catalogue {
  readonly spaces = new Map<string, Space>();
  readonly projects = new Map<string, Project>();
  readonly assemblies = new Map<string, Assembly>();
  readonly userLists = new Map<string, UserList>();

  assembliesOf(projectId: string): Assembly[] {
    return [...this.assemblies.values()].filter((assembly) => assembly.projectId === projectId);
  }

  /** What the project was last built to that can be applied. */
  newestOf(projectId: string): Assembly | undefined {
    return this.assembliesOf(projectId)
      .filter(({ compileError }) => compileError === undefined)
      .toSorted((a, b) => buildNumber(a) - buildNumber(b))
      .at(-1);
  }
}

/** Versions order by the number after the last hyphen: `1.0-10` is newer than `1.0-9`. */
export function buildNumber({ version }: Pick<Assembly, "version">): number {
  return Number(version.slice(version.lastIndexOf("-") + 1));
}
