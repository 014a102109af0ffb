import { parseArgs } from "node:util";
import { readPort, reportMistake, runUntilStopped, writeSecret } from "../simulator/run-process.ts";
import { startSimulator } from "./simulator.ts";

const USAGE = `usage: simulator [--port <0 for any free one>] [--host 127.0.0.1] [--token <value>] [--token-file <path>]
                 [--master-token <value>] [--master-token-file <path>]`;

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
  return {
    port: readPort(values.port),
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
  await runUntilStopped(
    () =>
      startSimulator({
        port,
        host,
        ...(token === undefined ? {} : { token }),
        ...(masterToken === undefined ? {} : { masterToken }),
      }),
    async (simulator) => {
      await writeSecret(tokenFile, simulator.token);
      await writeSecret(masterTokenFile, simulator.masterToken);
      process.stdout.write(`HPC Park simulator on ${simulator.url}\n`);
    },
  );
}

try {
  await main();
} catch (error) {
  reportMistake(error, USAGE);
}
