import { parse } from "yaml";
import { WayUnavailableError } from "./asset-way.ts";

export interface EnvtestArchive {
  readonly version: string;
  readonly url: string;
  readonly sha512: string;
}

/** The wanted version for this platform, or the newest that the release index offers for it. */
export function chooseArchive(
  index: string,
  wanted: string,
  platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`,
): EnvtestArchive {
  const archives = archivesFor(index, platform);
  const chosen =
    archives.find(({ version }) => version === wanted) ??
    archives.toSorted((a, b) => b.version.localeCompare(a.version, "en", { numeric: true })).at(0);
  if (chosen === undefined) {
    throw new WayUnavailableError(`the release index has nothing for ${platform}`);
  }
  return chosen;
}

function archivesFor(index: string, platform: string): EnvtestArchive[] {
  const releases = property(parse(index), "releases");
  if (!isRecord(releases)) throw new WayUnavailableError("the release index has an unknown form");
  return Object.entries(releases).flatMap(([version, files]) => {
    // Pre-releases carry a suffix.
    if (!/^v\d+\.\d+\.\d+$/.test(version)) return [];
    const file = property(files, `envtest-${version}-${platform}.tar.gz`);
    const url = property(file, "selfLink");
    const sha512 = property(file, "hash");
    if (typeof url !== "string" || typeof sha512 !== "string") return [];
    return /^[0-9a-f]{128}$/.test(sha512) ? [{ version, url, sha512 }] : [];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function property(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}
