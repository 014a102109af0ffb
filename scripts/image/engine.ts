import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findExecutable } from "../../src/embedded/control-plane/find-executable.ts";
import { ManagedProcess } from "../../src/embedded/control-plane/managed-process.ts";
import { readCommand, runCommand } from "../../src/embedded/control-plane/run-command.ts";

/** A Docker engine that answers. */
export interface Engine {
  /** As DOCKER_HOST has it; undefined for the client's own default. */
  readonly host: string | undefined;
  readonly stop: () => Promise<void>;
}

const INSTALL_MS = 300_000;
const START_MS = 60_000;
const STEP_MS = 500;

/** The engine that answers already; else, on Debian as root, one that is installed and started here, and stopped with `stop`. */
export async function provideEngine(say: (line: string) => void): Promise<Engine> {
  const given = process.env["DOCKER_HOST"];
  if (await answers(given)) return { host: given, stop: () => Promise.resolve() };
  if (process.getuid?.() !== 0)
    throw new Error(
      "no Docker engine answers, and only root could start one; start one, or set DOCKER_HOST",
    );
  if ((await findExecutable("dockerd")) === undefined) await install(say);
  return start(say);
}

async function install(say: (line: string) => void): Promise<void> {
  if ((await findExecutable("apt-get")) === undefined)
    throw new Error(
      "no Docker engine answers, and this is no Debian on which one could be installed",
    );
  const logFile = join(tmpdir(), "hpc-park-operator-engine-install.log");
  const options = { logFile, deadlineMs: INSTALL_MS, onProgress: say };
  const env = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
  await runCommand("apt-get", ["update"], {
    ...options,
    env,
    step: "reading Debian's package lists",
  });
  const args = ["install", "--yes", "--no-install-recommends", "docker.io"];
  await runCommand("apt-get", args, { ...options, env, step: "installing Docker from Debian" });
}

/** With data and socket of its own, so that nobody else's containers are touched. */
async function start(say: (line: string) => void): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), "hpc-park-operator-engine-"));
  const host = `unix://${join(folder, "docker.sock")}`;
  const daemon = await ManagedProcess.start({
    name: "dockerd",
    command: "dockerd",
    args: [
      ["--host", host],
      ["--data-root", join(folder, "data")],
      ["--exec-root", join(folder, "exec")],
      ["--pidfile", join(folder, "pid")],
      // Containers use the host's network, so nothing of the machine's is changed for them.
      ["--bridge", "none"],
      ["--iptables=false"],
    ].flat(),
    logFile: join(folder, "log"),
  });
  const stop = async (): Promise<void> => {
    await daemon.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: STEP_MS });
  };
  for (let waitedMs = 0; waitedMs < START_MS; waitedMs += STEP_MS) {
    if (await answers(host)) {
      say("started a Docker engine of its own");
      return { host, stop };
    }
    if (daemon.hasEnded()) break;
    await delay(STEP_MS);
  }
  const log = await daemon.lastLog();
  await stop();
  throw new Error(`the Docker engine did not come up; the end of its log:\n${log}`);
}

async function answers(host: string | undefined): Promise<boolean> {
  const args = [
    ...(host === undefined ? [] : ["--host", host]),
    "version",
    "--format",
    "{{.Server.Version}}",
  ];
  return readCommand("docker", args).then(
    () => true,
    () => false,
  );
}
