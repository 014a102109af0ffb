import { join } from "node:path";
import { type AssetWay, WayUnavailableError } from "./asset-way.ts";
import { assetsIn, type ControlPlaneAssets, isExecutable } from "./control-plane-assets.ts";
import { findExecutable } from "./find-executable.ts";

/** What the environment names, by the conventions of envtest. */
export const environment: AssetWay = {
  name: "environment",
  find: async () => ({ kind: "binaries", assets: await assetsFromEnvironment(process.env) }),
};

export async function assetsFromEnvironment(env: NodeJS.ProcessEnv): Promise<ControlPlaneAssets> {
  const directory = env["KUBEBUILDER_ASSETS"];
  const inDirectory = directory ? await assetsIn(directory) : undefined;
  if (inDirectory !== undefined) return inDirectory;
  const etcd = env["TEST_ASSET_ETCD"] ?? (directory && join(directory, "etcd"));
  const kubeApiserver =
    env["TEST_ASSET_KUBE_APISERVER"] ?? (directory && join(directory, "kube-apiserver"));
  if (!etcd || !kubeApiserver) {
    throw new WayUnavailableError(
      "neither KUBEBUILDER_ASSETS nor TEST_ASSET_KUBE_APISERVER and TEST_ASSET_ETCD are set",
    );
  }
  const kubectl = await kubectlFromEnvironment(env);
  for (const path of [etcd, kubeApiserver, kubectl]) {
    if (!(await isExecutable(path))) throw new WayUnavailableError(`${path} is not executable`);
  }
  return { etcd, kubeApiserver, kubectl };
}

/** kubectl is no part of some asset directories: then the one on PATH serves. */
export async function kubectlFromEnvironment(env: NodeJS.ProcessEnv): Promise<string> {
  const named = env["TEST_ASSET_KUBECTL"];
  if (named) return named;
  const directory = env["KUBEBUILDER_ASSETS"];
  const beside = directory ? join(directory, "kubectl") : undefined;
  if (beside && (await isExecutable(beside))) return beside;
  const onPath = await findExecutable("kubectl", env);
  if (onPath === undefined) {
    throw new WayUnavailableError("no kubectl: not on PATH, and TEST_ASSET_KUBECTL is not set");
  }
  return onPath;
}
