import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { bundle, ENVIRONMENT, NODE_ARGUMENTS } from "../../scripts/bundle.ts";
import { PROJECT } from "../project.ts";
import { machineMs } from "./clock.ts";
import type { Stage } from "./cluster.ts";
import { MeasuredProcess } from "./measured-process.ts";

/** Somebody who does the job; the operator, or what it is compared with. */
export interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  readonly workingDirectory?: string;
  readonly nodeArguments?: readonly string[];
  /** The operator, which says by HTTP that it is ready; the others send a message. */
  readonly isOperator: boolean;
  readonly isPeer?: boolean;
}

/** A contestant at work in one namespace. */
export interface Running {
  readonly process: MeasuredProcess;
  readonly namespace: string;
  readonly healthUrl: string;
  /** From the start of the process. */
  readonly readyAfterMs: number;
}

const PEERS = join(import.meta.dirname, "peers");
const READY_STEP_MS = 2;
const READY_LIMIT_MS = 60_000;

/** The operator in one file, as the image has it. */
export async function theOperator(
  folder: string,
  nodeArguments: readonly string[],
  source = join(PROJECT, "src"),
): Promise<Contestant> {
  const program = join(folder, "operator.mjs");
  await bundle(join(source, "main.ts"), program);
  return {
    name: "operator",
    command: [program, "run"],
    isOperator: true,
    nodeArguments: [...NODE_ARGUMENTS, ...nodeArguments],
  };
}

export async function theFloor(folder: string): Promise<Contestant> {
  const program = join(folder, "floor.mjs");
  await bundle(join(import.meta.dirname, "floor.ts"), program);
  return { name: "floor", command: [program], isOperator: false };
}

/** Installs the peers where they are not yet; without a registry there are none. */
export async function peers(tell: (line: string) => void): Promise<readonly Contestant[]> {
  try {
    await access(join(PEERS, "node_modules/.package-lock.json")).catch(() =>
      promisify(execFile)("npm", ["ci", "--no-audit", "--no-fund"], { cwd: PEERS }),
    );
  } catch (error) {
    tell(`the peers cannot be installed: ${String(error)}`);
    return [];
  }
  return ["dot-i", "fluent"].map((name) => ({
    name,
    command: [join(PEERS, `${name}.mjs`)],
    workingDirectory: PEERS,
    isOperator: false,
    isPeer: true,
  }));
}

/** Starts a contestant and waits until it says that it is ready. */
export async function start(
  contestant: Contestant,
  stage: Stage,
  namespace: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const process = new MeasuredProcess({
    probe: stage.probe,
    command: contestant.command,
    nodeArguments: contestant.nodeArguments ?? [],
    workingDirectory: contestant.workingDirectory,
    logFile: join(stage.folder, `${contestant.name}-${Math.round(machineMs())}.log`),
    environment: {
      ...commonEnvironment(stage, namespace),
      ...(contestant.isOperator ? ENVIRONMENT : {}),
      ...environment,
    },
  });
  const healthUrl = contestant.isOperator ? await untilHealthy(process) : "";
  if (!contestant.isOperator) await process.ready;
  return { process, namespace, healthUrl, readyAfterMs: machineMs() - process.startedMs };
}

function commonEnvironment(stage: Stage, namespace: string): Record<string, string> {
  return {
    KUBECONFIG: stage.plane.kubeconfigPath,
    PROVIDERS: "hpc-park",
    HPC_PARK_URL: stage.remote.url,
    HPC_PARK_TOKEN_FILE: stage.tokenFile,
    WATCH_NAMESPACES: namespace,
    // The rate that the service allows is not what is measured here.
    HPC_PARK_REQUESTS_PER_SECOND: "10000",
    LEADER_ELECTION: "false",
    HEALTH_HOST: "127.0.0.1",
    HEALTH_PORT: "0",
    // For what runs on older clients, which do not read the authority from the file for every request.
    NODE_NO_WARNINGS: "1",
  };
}

async function untilHealthy(process: MeasuredProcess): Promise<string> {
  const deadlineMs = machineMs() + READY_LIMIT_MS;
  for (;;) {
    const url = /"health":"([^"]+)"/.exec(process.log)?.[1];
    if (url !== undefined) {
      const response = await fetch(`${url}/readyz`).catch(() => undefined);
      await response?.arrayBuffer();
      if (response?.ok) return url;
    }
    if (process.hasEnded || machineMs() > deadlineMs)
      throw new Error(`the operator is not ready:\n${process.log.slice(-2_000)}`);
    await delay(READY_STEP_MS);
  }
}

/** Ends a contestant in order. */
export async function stop({ process }: Running): Promise<void> {
  await process.end("SIGTERM");
}
