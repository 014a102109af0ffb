import { mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AssetWayOptions } from "./asset-way.ts";
import { cachedAssets } from "./cache-directory.ts";
import { withCacheLock } from "./cache-lock.ts";
import { assetsIn, type ControlPlaneAssets } from "./control-plane-assets.ts";

/** The directory that `fill` left the three binaries in, and their version (`v1.2.3`). */
export interface StagedAssets {
  readonly directory: string;
  readonly version: string;
}

/** A build takes five minutes on two idle cores, and many times that on a busy machine. */
const LOCK_DEADLINE_MS = 60 * 60_000;
const SCRATCH_PREFIX = ".scratch-";

/**
 * Runs `fill` in a scratch directory, unless another process filled the cache meanwhile. A reader of the cache sees a
 * complete version or none; the scratch directory is removed whatever happens.
 */
export async function fillCache(
  root: string,
  options: AssetWayOptions,
  fill: (scratch: string) => Promise<StagedAssets>,
): Promise<ControlPlaneAssets> {
  return withCacheLock(root, { ...options, deadlineMs: LOCK_DEADLINE_MS }, async () => {
    const filledMeanwhile = await cachedAssets(root);
    if (filledMeanwhile !== undefined) return filledMeanwhile;
    await removeLeftovers(root);
    const scratch = await mkdtemp(join(root, SCRATCH_PREFIX));
    try {
      return await publish(root, await fill(scratch));
    } finally {
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
    }
  });
}

/** Whoever holds the lock is the only one who builds: every other scratch directory belongs to a dead process. */
async function removeLeftovers(root: string): Promise<void> {
  for (const entry of await readdir(root)) {
    if (!entry.startsWith(SCRATCH_PREFIX)) continue;
    await rm(join(root, entry), { recursive: true, force: true });
  }
}

async function publish(root: string, staged: StagedAssets): Promise<ControlPlaneAssets> {
  if ((await assetsIn(staged.directory)) === undefined) {
    throw new Error("one of etcd, kube-apiserver, kubectl is missing");
  }
  const target = join(root, staged.version);
  await rm(target, { recursive: true, force: true });
  await rename(staged.directory, target);
  const assets = await assetsIn(target);
  if (assets === undefined) throw new Error(`${target} is incomplete`);
  return assets;
}
