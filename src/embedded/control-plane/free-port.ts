import { once } from "node:events";
import { createServer } from "node:net";

const ATTEMPTS = 5;

/** Starts something on a free loopback port; another process may take the port in between, then it tries the next. */
export async function withFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (!isPortTaken(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The words of the servers, which reach us through their log, and of Docker. */
function isPortTaken(error: unknown): boolean {
  return /address already in use|port is already allocated/i.test(String(error));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free loopback port");
  return address.port;
}
