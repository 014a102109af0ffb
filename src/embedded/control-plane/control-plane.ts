import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findAssets } from "./find-assets.ts";
import { startK3sControlPlane } from "./k3s-control-plane.ts";
import { startLocalControlPlane } from "./local-control-plane.ts";

export interface ControlPlane {
  /** URL of the API server, on loopback. */
  readonly server: string;
  /** An administrator's, usable by kubectl and @kubernetes/client-node. */
  readonly kubeconfigPath: string;
  /** Path of a kubectl. */
  readonly kubectl: string;
  /** Such as `v1.36.2`. */
  readonly version: string;
  readonly minor: number;
  /** Ends everything; the data goes too, unless a directory for it was given. Safe to call twice. */
  stop(): Promise<void>;
  /** Together with `startApiServer` an outage: the server comes back with the same address and data. */
  stopApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
}

interface StartControlPlaneOptions {
  /** Where the data is kept over several starts; by default a temporary directory. */
  readonly dataDir?: string;
  /** File for the API server's audit log; by default none is kept. */
  readonly auditLog?: string;
  readonly onProgress?: (line: string) => void;
  /** Gives up the start; a control plane that has started ends by `stop` alone. */
  readonly signal?: AbortSignal;
}

/** A real Kubernetes API server for tests and the demo. There are no controllers: nothing acts on what is stored. */
export async function startControlPlane(
  options: StartControlPlaneOptions = {},
): Promise<ControlPlane> {
  const needsProcesses = options.dataDir !== undefined || options.auditLog !== undefined;
  const source = await findAssets({ ...options, needsProcesses });
  const directory = await workDirectory(options.dataDir);
  const removeDirectory = async (): Promise<void> => {
    if (options.dataDir !== undefined) return;
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  const { auditLog, signal } = options;
  const context = { directory, removeDirectory, auditLog, signal };
  try {
    return source.kind === "binaries"
      ? await startLocalControlPlane({ ...context, assets: source.assets })
      : await startK3sControlPlane({ ...context, cluster: source.cluster });
  } catch (error) {
    await removeDirectory();
    throw error;
  }
}

async function workDirectory(dataDir: string | undefined): Promise<string> {
  if (dataDir === undefined) return mkdtemp(join(tmpdir(), "hpc-park-control-plane-"));
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  return dataDir;
}
