import type * as testcontainers from "testcontainers";
import { type AssetWay, type AssetWayOptions, WayUnavailableError } from "./asset-way.ts";
import { kubectlFromEnvironment } from "./environment.ts";
import { withFreePort } from "./free-port.ts";
import type { K3sCluster } from "./k3s-cluster.ts";

const STANDARD_IMAGE = "rancher/k3s:v1.34.6-k3s1";
const API_PORT = 6443;
const STOP_TIMEOUT_SECONDS = 10;

/** A K3s container, where a Docker engine answers and can pull the image. */
export const k3s: AssetWay = {
  name: "K3s container",
  find: async (options) => {
    if (options.needsProcesses) {
      throw new WayUnavailableError("a container keeps no data in a directory, and no audit log");
    }
    const kubectl = await kubectlFromEnvironment(process.env);
    const image = wantedK3s(process.env) ?? STANDARD_IMAGE;
    return { kind: "k3s", cluster: await startK3s(image, kubectl, options) };
  },
};

/** The image that K3S_IMAGE names: the way to try one release of Kubernetes after the other. */
export function wantedK3s(env: NodeJS.ProcessEnv): string | undefined {
  return env["K3S_IMAGE"] || undefined;
}

async function startK3s(
  image: string,
  kubectl: string,
  options: AssetWayOptions,
): Promise<K3sCluster> {
  const { getContainerRuntimeClient } = await importTestcontainers();
  // Throws at once where no engine answers.
  const engine = await getContainerRuntimeClient();
  options.signal?.throwIfAborted();
  options.onProgress?.(`start a container of ${image}`);
  const { K3sContainer } = await import("@testcontainers/k3s");
  // A port that the engine picks would be another one after a restart.
  const started = await withFreePort((port) =>
    new K3sContainer(image).withExposedPorts({ container: API_PORT, host: port }).start(),
  );
  const container = engine.container.getById(started.getId());
  return {
    server: `https://${started.getHost()}:${started.getMappedPort(API_PORT)}`,
    kubeconfig: started.getKubeConfig(),
    kubectl,
    stopApiServer: () => engine.container.stop(container, { timeout: STOP_TIMEOUT_SECONDS }),
    startApiServer: () => engine.container.start(container),
    remove: async () => {
      await started.stop();
    },
  };
}

async function importTestcontainers(): Promise<typeof testcontainers> {
  try {
    return await import("testcontainers");
  } catch (error) {
    throw new WayUnavailableError("testcontainers is not installed", { cause: error });
  }
}
