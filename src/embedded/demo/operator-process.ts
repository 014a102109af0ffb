import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
/** Longer than the operator's own grace period in the demo. */
const STOP_MS = 8_000;
const LAST_LINES = 8;

export interface OperatorSettings {
  readonly kubeconfig: string;
  readonly url: string;
  readonly tokenFile: string;
  readonly elementUrl: string;
  readonly logFile: string;
}

/** The operator as its own process, as it runs in a cluster. */
export class OperatorProcess {
  readonly #child: ChildProcess;
  readonly #logFile: string;

  constructor({ kubeconfig, url, tokenFile, elementUrl, logFile }: OperatorSettings) {
    this.#logFile = logFile;
    const log = openSync(logFile, "a");
    this.#child = spawn(process.execPath, [MAIN, "run"], {
      // Its own process group: Ctrl-C is ours to pass on, in order.
      detached: true,
      stdio: ["ignore", log, log],
      env: {
        PATH: process.env["PATH"],
        KUBECONFIG: kubeconfig,
        HPC_PARK_URL: url,
        HPC_PARK_TOKEN_FILE: tokenFile,
        ELEMENT_ALLOWED_URLS: elementUrl,
        POLL_INTERVAL_SECONDS: "5",
        ACTIVE_POLL_INTERVAL_SECONDS: "1",
        BILLING_INTERVAL_SECONDS: "5",
        SETTLE_SECONDS: "5",
        SHUTDOWN_GRACE_SECONDS: "5",
        HEALTH_HOST: "127.0.0.1",
        HEALTH_PORT: "0",
      },
    });
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async lastLines(): Promise<string> {
    const text = await readFile(this.#logFile, "utf8");
    return text.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const isLate = await Promise.race([
      ended.then(() => false),
      delay(STOP_MS, true, { ref: false }),
    ]);
    if (isLate) this.#child.kill("SIGKILL");
    await ended;
  }

  /** For the process's very end, when nothing can be waited for any more. */
  killNow(): void {
    if (this.isRunning) this.#child.kill("SIGKILL");
  }
}
