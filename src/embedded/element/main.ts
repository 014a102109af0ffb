import { parseArgs } from "node:util";
import { readPort, reportMistake, runUntilStopped, writeSecret } from "../simulator/run-process.ts";
import { startElementSimulator } from "./simulator.ts";

const USAGE = `usage: simulator:element [--port <0 for any free one>] [--host 127.0.0.1]
                         [--client-id <id>] [--client-secret <value>] [--client-secret-file <path>]`;

/** Runs the simulator until SIGINT or SIGTERM. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      host: { type: "string", default: "127.0.0.1" },
      "client-id": { type: "string" },
      "client-secret": { type: "string" },
      "client-secret-file": { type: "string" },
    },
  });
  const port = readPort(values.port);
  const secretFile = values["client-secret-file"];
  await runUntilStopped(
    () =>
      startElementSimulator({
        port,
        host: values.host,
        clientId: values["client-id"],
        clientSecret: values["client-secret"],
      }),
    async ({ url, clientId, clientSecret }) => {
      await writeSecret(secretFile, clientSecret);
      // A secret that has a file of its own is nobody else's.
      const secret = secretFile === undefined ? `client secret ${clientSecret}\n` : "";
      process.stdout.write(`Element simulator on ${url}\nclient id ${clientId}\n${secret}`);
    },
  );
}

try {
  await main();
} catch (error) {
  reportMistake(error, USAGE);
}
