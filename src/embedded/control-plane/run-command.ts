import { execFile, spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

export interface RunCommandOptions {
  /** What the command is for, in the words of the progress line. */
  readonly step: string;
  readonly logFile: string;
  readonly deadlineMs: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PROGRESS_EVERY_MS = 10_000;
const KILL_AFTER_MS = 10_000;
const LOG_LINES_IN_ERROR = 8;

/** Runs a command to its end with its output in the log file; rejects on a non-zero exit, the deadline or the signal. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: RunCommandOptions,
): Promise<void> {
  options.signal?.throwIfAborted();
  const startedAt = performance.now();
  const report = (): void => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    options.onProgress?.(`${options.step}: ${seconds} s`);
  };
  options.onProgress?.(options.step);
  const ticker = setInterval(report, PROGRESS_EVERY_MS);
  try {
    await runToEnd(command, args, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const tail = await lastLines(options.logFile, LOG_LINES_IN_ERROR);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${options.step} failed: ${reason}; log: ${options.logFile}\n${tail}`, {
      cause: error,
    });
  } finally {
    clearInterval(ticker);
  }
}

async function runToEnd(
  command: string,
  args: readonly string[],
  options: RunCommandOptions,
): Promise<void> {
  const log = openSync(options.logFile, "a");
  writeSync(log, `\n$ ${command} ${args.join(" ")}\n`);
  // A group of its own, so that the deadline also ends the compilers that make has started.
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", log, log],
    detached: true,
  });
  const killGroup = (): void => signalGroup(child, "SIGKILL");
  process.once("exit", killGroup);
  try {
    await exitOf(child, options);
  } finally {
    process.removeListener("exit", killGroup);
    closeSync(log);
  }
}

function exitOf(child: ChildProcess, options: RunCommandOptions): Promise<void> {
  const deadline = AbortSignal.timeout(options.deadlineMs);
  const stop = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
  let kill: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    // apt and dpkg leave their database in order when they are asked first.
    signalGroup(child, "SIGTERM");
    kill = setTimeout(() => signalGroup(child, "SIGKILL"), KILL_AFTER_MS);
  };
  stop.addEventListener("abort", onStop, { once: true });
  return new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, killedBy) => {
      if (code === 0) resolve();
      else if (options.signal?.aborted)
        reject(new Error("aborted", { cause: options.signal.reason }));
      else if (deadline.aborted)
        reject(new Error(`took longer than ${options.deadlineMs / 1000} s`));
      else reject(new Error(killedBy ? `ended by ${killedBy}` : `exit code ${code}`));
    });
  }).finally(() => {
    clearTimeout(kill);
    stop.removeEventListener("abort", onStop);
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group ended between the check and the signal.
  }
}

/** What a short command prints on standard output. */
export async function readCommand(
  command: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, {
    timeout: 30_000,
    killSignal: "SIGKILL",
    maxBuffer: 16 * 1024 * 1024,
    ...(signal && { signal }),
  });
  return stdout;
}

/** The end of a log, for an error message; never fails. */
export async function lastLines(file: string, count: number): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trimEnd().split("\n").slice(-count).join("\n");
  } catch {
    return "";
  }
}
