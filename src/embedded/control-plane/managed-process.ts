import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { promisify } from "node:util";
import { findExecutable } from "./find-executable.ts";
import { lastLines } from "./run-command.ts";

interface ManagedProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
}

const LOG_LINES_IN_ERROR = 12;
/** Both end within a second, but the API server waits for open watches, up to a minute. What is acknowledged is in etcd. */
const TERM_DEADLINE_MS = 2_000;

class ProcessEndedError extends Error {
  readonly kind = "process-ended";

  constructor(name: string, log: string) {
    super(`${name} ended by itself; the end of its log:\n${log}`);
    this.name = "ProcessEndedError";
  }
}

/** A child process with its output in a file, which ends when this process does. */
export class ManagedProcess {
  readonly name: string;
  readonly #logFile: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  private constructor(options: ManagedProcessOptions, child: ChildProcess) {
    this.name = options.name;
    this.#logFile = options.logFile;
    this.#child = child;
    const killNow = (): void => void child.kill("SIGKILL");
    process.once("exit", killNow);
    this.#ended = new Promise((resolve) => {
      child.once("exit", () => {
        process.removeListener("exit", killNow);
        resolve();
      });
    });
  }

  static async start(options: ManagedProcessOptions): Promise<ManagedProcess> {
    const [command = options.command, ...args] = [
      ...(await dieWithParentPrefix()),
      options.command,
      ...options.args,
    ];
    const log = openSync(options.logFile, "a");
    try {
      const child = spawn(command, args, { stdio: ["ignore", log, log], detached: false });
      const started = new ManagedProcess(options, child);
      await new Promise<void>((resolve, reject) => {
        child.once("spawn", resolve);
        child.once("error", reject);
      });
      return started;
    } finally {
      closeSync(log);
    }
  }

  hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async endedError(): Promise<ProcessEndedError> {
    return new ProcessEndedError(this.name, await this.lastLog());
  }

  async lastLog(): Promise<string> {
    return lastLines(this.#logFile, LOG_LINES_IN_ERROR);
  }

  /** TERM, and KILL after the deadline; returns when the process is gone. */
  async stop(): Promise<void> {
    if (this.hasEnded()) return;
    const kill = setTimeout(() => this.#child.kill("SIGKILL"), TERM_DEADLINE_MS);
    this.#child.kill("SIGTERM");
    await this.#ended;
    clearTimeout(kill);
  }
}

/**
 * No exit handler runs when this process is killed. On Linux the kernel then kills the child, where setpriv can ask it
 * to; setpriv replaces itself by the command, so the pid stays.
 */
async function dieWithParentPrefix(): Promise<readonly string[]> {
  const setpriv = process.platform === "linux" ? await findExecutable("setpriv") : undefined;
  if (setpriv === undefined) return [];
  try {
    const help = await promisify(execFile)(setpriv, ["--help"], { timeout: 5_000 });
    return help.stdout.includes("--pdeathsig") ? [setpriv, "--pdeathsig", "KILL", "--"] : [];
  } catch {
    return [];
  }
}
