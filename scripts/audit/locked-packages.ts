/** One package of a lockfile. */
export interface LockedPackage {
  /** Below the folder of the lockfile, such as `node_modules/got`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** Only needed to work on the project; nothing of it is shipped. */
  readonly isTool: boolean;
  readonly licence: string | undefined;
  readonly integrity: string | undefined;
}

interface LockEntry {
  readonly name?: string;
  readonly version?: string;
  readonly dev?: boolean;
  readonly license?: string;
  readonly integrity?: string;
}

const FOLDER = "node_modules/";

/** Every package that a lockfile of npm (version 3) names, but for the project itself. */
export function lockedPackages(lockfile: string): readonly LockedPackage[] {
  const { packages }: { packages: Readonly<Record<string, LockEntry>> } = JSON.parse(lockfile);
  return Object.entries(packages).flatMap(([path, entry]) => {
    if (!path.includes(FOLDER)) return [];
    return {
      path,
      // An alias is called otherwise than its folder.
      name: entry.name ?? path.slice(path.lastIndexOf(FOLDER) + FOLDER.length),
      version: entry.version ?? "?",
      isTool: entry.dev === true,
      licence: entry.license,
      integrity: entry.integrity,
    };
  });
}
