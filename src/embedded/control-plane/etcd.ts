import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import got from "got";
import { withFreePort } from "./free-port.ts";
import { ManagedProcess } from "./managed-process.ts";
import { waitUntil } from "./wait-until.ts";

interface EtcdOptions {
  readonly binary: string;
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Etcd {
  readonly url: string;
  readonly process: ManagedProcess;
}

const START_DEADLINE_MS = 60_000;

export async function startEtcd(options: EtcdOptions): Promise<Etcd> {
  const extra = await fasterFlags(options.binary, options.signal);
  await mkdir(join(options.directory, "etcd"), { recursive: true, mode: 0o700 });
  return withFreePort(async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const etcd = await ManagedProcess.start({
      name: "etcd",
      command: options.binary,
      args: [
        `--data-dir=${join(options.directory, "etcd")}`,
        `--listen-client-urls=${url}`,
        `--advertise-client-urls=${url}`,
        // The only member: nobody needs to know the peer port.
        "--listen-peer-urls=http://127.0.0.1:0",
        ...extra,
      ],
      logFile: join(options.directory, "etcd.log"),
    });
    try {
      await waitUntilHealthy(etcd, url, options.signal);
      return { url, process: etcd };
    } catch (error) {
      await etcd.stop();
      throw error;
    }
  });
}

/** Durability after a power cut is worth nothing here; older versions do not know the flag and refuse to start. */
async function fasterFlags(binary: string, signal?: AbortSignal): Promise<readonly string[]> {
  const { stdout, stderr } = await promisify(execFile)(binary, ["--help"], {
    timeout: 20_000,
    ...(signal && { signal }),
  });
  return `${stdout}${stderr}`.includes("--unsafe-no-fsync") ? ["--unsafe-no-fsync"] : [];
}

async function waitUntilHealthy(
  etcd: ManagedProcess,
  url: string,
  signal?: AbortSignal,
): Promise<void> {
  const isHealthy = async (stop: AbortSignal): Promise<boolean> => {
    if (etcd.hasEnded()) throw await etcd.endedError();
    try {
      await got(`${url}/health`, {
        retry: { limit: 0 },
        timeout: { request: 2_000 },
        signal: stop,
      });
      return true;
    } catch {
      return false;
    }
  };
  await waitUntil(isHealthy, { what: "starting etcd", deadlineMs: START_DEADLINE_MS, signal });
}
