import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ControlPlane } from "./control-plane.ts";
import type { K3sCluster } from "./k3s-cluster.ts";
import { readCommand } from "./run-command.ts";
import { parseServerVersion } from "./server-version.ts";
import { waitUntil } from "./wait-until.ts";

interface K3sControlPlaneOptions {
  readonly cluster: K3sCluster;
  readonly directory: string;
  readonly removeDirectory: () => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

const READY_DEADLINE_MS = 120_000;

/** The control plane is a container that runs already; what is missing is a kubeconfig file and its version. */
export async function startK3sControlPlane(options: K3sControlPlaneOptions): Promise<ControlPlane> {
  const { cluster, signal } = options;
  const kubeconfigPath = join(options.directory, "kubeconfig");
  try {
    await writeFile(kubeconfigPath, cluster.kubeconfig, { mode: 0o600 });
    await waitUntilReady(cluster, kubeconfigPath, signal);
    const version = ["--kubeconfig", kubeconfigPath, "get", "--raw", "/version"];
    return {
      ...parseServerVersion(await readCommand(cluster.kubectl, version, signal)),
      server: cluster.server,
      kubeconfigPath,
      kubectl: cluster.kubectl,
      stopApiServer: () => cluster.stopApiServer(),
      startApiServer: async () => {
        await cluster.startApiServer();
        await waitUntilReady(cluster, kubeconfigPath);
      },
      stop: async () => {
        await cluster.remove();
        await options.removeDirectory();
      },
    };
  } catch (error) {
    await cluster.remove();
    throw error;
  }
}

async function waitUntilReady(
  cluster: K3sCluster,
  kubeconfigPath: string,
  signal?: AbortSignal,
): Promise<void> {
  const args = ["--kubeconfig", kubeconfigPath, "get", "namespace", "default"];
  const isReady = async (stop: AbortSignal): Promise<boolean> => {
    try {
      await readCommand(cluster.kubectl, args, stop);
      return true;
    } catch {
      return false;
    }
  };
  await waitUntil(isReady, { what: "starting K3s", deadlineMs: READY_DEADLINE_MS, signal });
}
