import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { assetsIn, type ControlPlaneAssets } from "./control-plane-assets.ts";

/** Holds one directory per version, each with the three binaries. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  // A relative XDG path is invalid by the XDG specification and to be ignored.
  const configured = env["XDG_CACHE_HOME"];
  const base = configured?.startsWith("/") ? configured : join(homedir(), ".cache");
  return join(base, "hpc-park-operator", "control-plane");
}

/** The newest complete version in the cache. */
export async function cachedAssets(root: string): Promise<ControlPlaneAssets | undefined> {
  const entries = await readdir(root).catch(() => []);
  const newestFirst = entries
    .filter((entry) => /^v\d+\.\d+\.\d+$/.test(entry))
    .toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }));
  for (const version of newestFirst) {
    const assets = await assetsIn(join(root, version));
    if (assets !== undefined) return assets;
  }
  return undefined;
}
