import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { startSimulator } from "./simulator.ts";

const USAGE = `usage: simulator [--port <0 for any free one>] [--host 127.0.0.1] [--token <value>] [--token-file <path>]
                 [--master-token <value>] [--master-token-file <path>]`;
const MAX_PORT = 65_535;

interface Flags {
  readonly port: number;
  readonly host: string;
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  readonly masterToken: string | undefined;
  readonly masterTokenFile: string | undefined;
}

function readFlags(): Flags {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      host: { type: "string", default: "127.0.0.1" },
      token: { type: "string" },
      "token-file": { type: "string" },
      "master-token": { type: "string" },
      "master-token-file": { type: "string" },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new Error(`--port ${values.port} is no port`);
  }
  return {
    port,
    host: values.host,
    token: values.token,
    tokenFile: values["token-file"],
    masterToken: values["master-token"],
    masterTokenFile: values["master-token-file"],
  };
}

/** Runs the simulator until SIGINT or SIGTERM. */
async function main(): Promise<void> {
  const { port, host, token, tokenFile, masterToken, masterTokenFile } = readFlags();
  const stopped = Promise.withResolvers<void>();
  process.once("SIGINT", () => stopped.resolve());
  process.once("SIGTERM", () => stopped.resolve());
  const simulator = await startSimulator({
    port,
    host,
    ...(token === undefined ? {} : { token }),
    ...(masterToken === undefined ? {} : { masterToken }),
  });
  try {
    await writeToken(tokenFile, simulator.token);
    await writeToken(masterTokenFile, simulator.masterToken);
    process.stdout.write(`HPC Park simulator on ${simulator.url}\n`);
    await stopped.promise;
  } finally {
    await simulator.close();
  }
}

async function writeToken(path: string | undefined, token: string): Promise<void> {
  if (path !== undefined) await writeFile(path, token, { mode: 0o600 });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exitCode = 1;
}
