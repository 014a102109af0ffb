import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PROJECT } from "./project.ts";
import { until } from "./until.ts";

export interface OperatorProcess {
  readonly pid: number;
  /** Everything it has logged so far. */
  readonly log: () => string;
  readonly healthUrl: () => string;
  /** Sends a signal and waits for the end; returns the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Starts the operator as its own process and waits until it is ready. */
export async function startOperator(
  environment: Readonly<Record<string, string>>,
): Promise<OperatorProcess> {
  const operator = spawnOperator(environment);
  await until("the operator is ready", () => isReady(operator), { seen: operator.log });
  return operator;
}

/** @param program The file to run; left out: the sources as they are. */
export function spawnOperator(
  environment: Readonly<Record<string, string>>,
  program = join(PROJECT, "src/main.ts"),
): OperatorProcess {
  const child = spawn(process.execPath, [program, "run"], {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
  const ended = once(child, "exit").then(() => child.exitCode ?? child.signalCode);
  const log = (): string => chunks.join("");
  return {
    pid: child.pid ?? 0,
    log,
    ended,
    healthUrl: () => /"health":"([^"]+)"/.exec(log())?.[1] ?? "",
    signal: (signal) => void child.kill(signal),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

async function isReady(operator: OperatorProcess): Promise<boolean> {
  if (operator.healthUrl() === "") return false;
  const response = await fetch(`${operator.healthUrl()}/readyz`).catch(() => undefined);
  return response?.ok ?? false;
}
