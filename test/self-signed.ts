import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { promisify } from "node:util";

export interface SelfSigned extends AsyncDisposable {
  readonly url: string;
  readonly certificate: Buffer;
}

/** A server on loopback whose certificate nobody known has signed; it says nothing where it is not told what. */
export async function startSelfSigned(
  folder: string,
  answer: RequestListener = (_, response) => void response.end(),
): Promise<SelfSigned> {
  const files = ["-out", join(folder, "cert.pem"), "-keyout", join(folder, "key.pem")];
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1";
  const name = "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1";
  await promisify(execFile)("openssl", `${request} ${name}`.split(" ").concat(files));
  const certificate = await readFile(join(folder, "cert.pem"));
  const key = await readFile(join(folder, "key.pem"));
  const server = createServer({ cert: certificate, key }, answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    url: `https://127.0.0.1:${port}`,
    certificate,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
