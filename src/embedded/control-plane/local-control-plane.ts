import { join } from "node:path";
import { type ApiServer, startApiServer } from "./api-server.ts";
import { type ApiServerCredentials, ensureCredentials } from "./api-server-credentials.ts";
import type { ControlPlaneAssets } from "./control-plane-assets.ts";
import type { ControlPlane } from "./control-plane.ts";
import { type Etcd, startEtcd } from "./etcd.ts";
import { withFreePort } from "./free-port.ts";
import { writeKubeconfig } from "./kubeconfig.ts";

interface LocalControlPlaneOptions {
  readonly assets: ControlPlaneAssets;
  readonly directory: string;
  readonly removeDirectory: () => Promise<void>;
  readonly auditLog?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** etcd and kube-apiserver as processes of ours. */
export async function startLocalControlPlane(
  options: LocalControlPlaneOptions,
): Promise<ControlPlane> {
  const { assets, directory, signal } = options;
  const credentials = await ensureCredentials(directory);
  const etcd = await startEtcd({ binary: assets.etcd, directory, signal });
  let apiServer: ApiServer | undefined;
  try {
    const start = (port: number): Promise<ApiServer> =>
      startApiServer({
        binary: assets.kubeApiserver,
        etcdUrl: etcd.url,
        directory,
        port,
        credentials,
        auditLog: options.auditLog,
        signal,
      });
    apiServer = await withFreePort(start);
    const kubeconfigPath = join(directory, "kubeconfig");
    await writeKubeconfig(kubeconfigPath, {
      server: apiServer.url,
      ca: apiServer.ca,
      token: credentials.adminToken,
    });
    return new LocalControlPlane({ ...options, kubeconfigPath, credentials, etcd, apiServer });
  } catch (error) {
    await apiServer?.process.stop();
    await etcd.process.stop();
    throw error;
  }
}

interface Started extends LocalControlPlaneOptions {
  readonly kubeconfigPath: string;
  readonly credentials: ApiServerCredentials;
  readonly etcd: Etcd;
  readonly apiServer: ApiServer;
}

class LocalControlPlane implements ControlPlane {
  readonly server: string;
  readonly kubeconfigPath: string;
  readonly kubectl: string;
  readonly version: string;
  readonly minor: number;
  readonly #started: Started;
  #apiServer: ApiServer;

  constructor(started: Started) {
    this.#started = started;
    this.#apiServer = started.apiServer;
    this.server = started.apiServer.url;
    this.kubeconfigPath = started.kubeconfigPath;
    this.kubectl = started.assets.kubectl;
    this.version = started.apiServer.version.version;
    this.minor = started.apiServer.version.minor;
  }

  async stopApiServer(): Promise<void> {
    await this.#apiServer.process.stop();
  }

  async startApiServer(): Promise<void> {
    if (!this.#apiServer.process.hasEnded()) return;
    const { assets, directory, credentials, etcd } = this.#started;
    this.#apiServer = await startApiServer({
      binary: assets.kubeApiserver,
      etcdUrl: etcd.url,
      directory,
      port: Number(new URL(this.server).port),
      credentials,
      auditLog: this.#started.auditLog,
    });
  }

  async stop(): Promise<void> {
    // The API server first: without its etcd it does not end by itself.
    await this.#apiServer.process.stop();
    await this.#started.etcd.process.stop();
    await this.#started.removeDirectory();
  }
}
