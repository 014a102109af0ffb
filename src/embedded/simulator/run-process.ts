import { writeFile } from "node:fs/promises";

const MAX_PORT = 65_535;

/** Keeps a simulator up until SIGINT or SIGTERM, then closes it. `announce` says where it is. */
export async function runUntilStopped<T extends { readonly close: () => Promise<void> }>(
  start: () => Promise<T>,
  announce: (simulator: T) => Promise<void>,
): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  process.once("SIGINT", () => stopped.resolve());
  process.once("SIGTERM", () => stopped.resolve());
  const simulator = await start();
  try {
    await announce(simulator);
    await stopped.promise;
  } finally {
    await simulator.close();
  }
}

export function readPort(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new Error(`--port ${value} is no port`);
  }
  return port;
}

/** For its owner's eyes only. */
export async function writeSecret(path: string | undefined, value: string): Promise<void> {
  if (path !== undefined) await writeFile(path, value, { mode: 0o600 });
}

export function reportMistake(error: unknown, usage: string): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  process.exitCode = 1;
}
