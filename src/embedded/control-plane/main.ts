import { startControlPlane } from "./control-plane.ts";

/** Runs a control plane until SIGINT or SIGTERM, for work by hand with kubectl. */
async function main(): Promise<void> {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    // Not once(): testcontainers brings signal-exit, which ends the process as soon as it finds itself the only listener.
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1);
      stop.abort(new Error(`stopped by ${name}`));
    });
  }
  const { signal } = stop;
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
  const controlPlane = await startControlPlane({ onProgress, signal });
  const keepAlive = setInterval(() => undefined, 60_000);
  try {
    onProgress(`Kubernetes ${controlPlane.version} on ${controlPlane.server}`);
    process.stdout.write(`export KUBECONFIG=${controlPlane.kubeconfigPath}\n`);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  } finally {
    clearInterval(keepAlive);
    await controlPlane.stop();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
