import { execFile } from "node:child_process";
import { promisify } from "node:util";

const TIMEOUT_MS = 60_000;

export type Kubectl = (...args: readonly string[]) => Promise<string>;

/** Runs kubectl against one cluster and returns what it prints; a failure carries what it said. */
export function kubectlFor(program: string, kubeconfig: string, signal: AbortSignal): Kubectl {
  return async (...args) => {
    const all = ["--kubeconfig", kubeconfig, ...args];
    const { stdout } = await promisify(execFile)(program, all, { timeout: TIMEOUT_MS, signal });
    return stdout;
  };
}
