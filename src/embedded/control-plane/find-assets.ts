import type { AssetWay, AssetWayOptions, ControlPlaneSource } from "./asset-way.ts";
import { cache } from "./cache.ts";
import { debianBuild } from "./debian-build.ts";
import { environment } from "./environment.ts";
import { envtestArchive } from "./envtest-archive.ts";
import { k3s, wantedK3s } from "./k3s.ts";

/** From the most explicit to the slowest. */
const WAYS: readonly AssetWay[] = [environment, cache, envtestArchive, k3s, debianBuild];

const HELP =
  "Set KUBEBUILDER_ASSETS to a directory with etcd, kube-apiserver and kubectl (setup-envtest makes one), " +
  "or run this where GitHub can be reached, where Docker runs (K3S_IMAGE chooses the release), or on Debian 12 as root.";

class NoControlPlaneError extends Error {
  readonly kind = "no-control-plane";

  constructor(reasons: readonly string[], causes: readonly unknown[]) {
    const list = reasons.map((reason) => `- ${reason}`).join("\n");
    super(`There is no way to a control plane on this machine:\n${list}\n${HELP}`, {
      cause: new AggregateError(causes),
    });
    this.name = "NoControlPlaneError";
  }
}

/**
 * Which ways there are, in their order. Where the environment names a K3s there is no other: a run that was asked for one release must
 * not quietly be of another. Only what no container can give still comes from elsewhere.
 */
export function waysFor(
  env: NodeJS.ProcessEnv,
  { needsProcesses = false }: AssetWayOptions = {},
): readonly AssetWay[] {
  return wantedK3s(env) === undefined || needsProcesses ? WAYS : [k3s];
}

/** Where a control plane can be had: the first way that serves. */
export async function findAssets(
  options: AssetWayOptions = {},
  ways: readonly AssetWay[] = waysFor(process.env, options),
): Promise<ControlPlaneSource> {
  const reasons: string[] = [];
  const causes: unknown[] = [];
  for (const way of ways) {
    options.signal?.throwIfAborted();
    try {
      return await way.find(options);
    } catch (error) {
      options.signal?.throwIfAborted();
      const reason = `${way.name}: ${error instanceof Error ? error.message : String(error)}`;
      options.onProgress?.(reason);
      reasons.push(reason);
      causes.push(error);
    }
  }
  throw new NoControlPlaneError(reasons, causes);
}
