import { type AssetWay, WayUnavailableError } from "./asset-way.ts";
import { cachedAssets, cacheRoot } from "./cache-directory.ts";

/** What an earlier download or build left; the newest version wins. */
export const cache: AssetWay = {
  name: "cache",
  find: async () => {
    const root = cacheRoot();
    const assets = await cachedAssets(root);
    if (assets === undefined) throw new WayUnavailableError(`nothing in ${root}`);
    return { kind: "binaries", assets };
  },
};
