import { access, constants } from "node:fs/promises";
import { join } from "node:path";

/** Paths of the binaries a control plane of our own processes needs. */
export interface ControlPlaneAssets {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubectl: string;
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The three binaries under their envtest names in one directory, or undefined if one is missing. */
export async function assetsIn(directory: string): Promise<ControlPlaneAssets | undefined> {
  const assets = {
    etcd: join(directory, "etcd"),
    kubeApiserver: join(directory, "kube-apiserver"),
    kubectl: join(directory, "kubectl"),
  };
  const found = await Promise.all(Object.values(assets).map(isExecutable));
  return found.every(Boolean) ? assets : undefined;
}
