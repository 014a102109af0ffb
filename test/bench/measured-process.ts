import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { machineMs } from "./clock.ts";
import type { Question, Usage } from "./probe.ts";

export interface Program {
  /** The file and its arguments, for Node. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** The file of the probe: plain JavaScript, for types to strip would cost the process memory that is not its own. */
  readonly probe: string;
  /** More arguments for Node itself, such as a profiler's. */
  readonly nodeArguments?: readonly string[];
  readonly workingDirectory?: string | undefined;
}

const STEP_MS = 50;
/** What the probe itself costs to ask, and the lease, stay below it. */
const IDLE_CPU_MS = 4;
const IDLE_STEPS = 6;

/** One process whose use of the machine is measured from inside it. Its output goes to a file, so reading it costs nothing here. */
export class MeasuredProcess {
  readonly startedMs: number;
  readonly #child: ChildProcess;
  readonly #program: Program;
  /** Resolves when the process says so itself; rejects when it ends before. */
  readonly ready: Promise<void>;
  /** Rejects when the process ends. */
  readonly ended: Promise<never>;
  readonly #answers = new Map<number, (usage: Usage) => void>();
  #questions = 0;

  constructor(program: Program) {
    this.#program = program;
    const log = openSync(program.logFile, "a");
    this.startedMs = machineMs();
    this.#child = spawn(
      process.execPath,
      [...(program.nodeArguments ?? []), "--import", program.probe, ...program.command],
      {
        env: { PATH: process.env["PATH"], ...program.environment },
        stdio: ["ignore", log, log, "ipc"],
        cwd: program.workingDirectory,
      },
    );
    closeSync(log);
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    ready.promise.catch(() => undefined);
    const ended = Promise.withResolvers<never>();
    this.ended = ended.promise;
    ended.promise.catch(() => undefined);
    this.#child.once("exit", () => {
      const error = new Error(`it has ended:\n${this.log.slice(-2_000)}`);
      ready.reject(error);
      ended.reject(error);
    });
    this.#child.on("message", (answer: "ready" | (Usage & { id: number })) => {
      if (answer === "ready") return ready.resolve();
      this.#answers.get(answer.id)?.(answer);
      this.#answers.delete(answer.id);
    });
    const kill = (): void => void this.#child.kill("SIGKILL");
    process.once("exit", kill);
    this.#child.once("exit", () => process.removeListener("exit", kill));
  }

  get log(): string {
    return readFileSync(this.#program.logFile, "utf8");
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    await ended;
  }

  usage(): Promise<Usage> {
    if (this.hasEnded) throw new Error(`the process has ended:\n${this.log.slice(-2_000)}`);
    this.#questions += 1;
    const id = this.#questions;
    const { promise, resolve } = Promise.withResolvers<Usage>();
    this.#answers.set(id, resolve);
    this.#ask({ ask: "usage", id });
    return promise;
  }

  /** Counts stalls of the event loop from now on. */
  watchStalls(): void {
    this.#ask({ ask: "watch" });
  }

  /** Waits until the process does nothing any more; returns when it began to do nothing. */
  async untilIdle(limitMs = 180_000): Promise<number> {
    const deadlineMs = machineMs() + limitMs;
    let { cpuMs } = await this.usage();
    let idleSinceMs = machineMs();
    for (let steps = 0; steps < IDLE_STEPS;) {
      await delay(STEP_MS);
      const usage = await this.usage();
      if (usage.cpuMs - cpuMs > IDLE_CPU_MS) {
        steps = 0;
        idleSinceMs = machineMs();
      } else steps += 1;
      ({ cpuMs } = usage);
      if (machineMs() > deadlineMs) throw new Error("the process is never idle");
    }
    return idleSinceMs;
  }

  #ask(question: Question): void {
    this.#child.send(question);
  }
}
