import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import { join } from "node:path";
import { promisify } from "node:util";

export interface SelfSigned extends AsyncDisposable {
  readonly url: string;
}

/** A server on loopback whose certificate nobody known has signed. */
export async function startSelfSigned(folder: string): Promise<SelfSigned> {
  const files = ["-out", join(folder, "cert.pem"), "-keyout", join(folder, "key.pem")];
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1";
  const name = "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1";
  await promisify(execFile)("openssl", `${request} ${name}`.split(" ").concat(files));
  const [cert, key] = await Promise.all(
    ["cert.pem", "key.pem"].map((file) => readFile(join(folder, file))),
  );
  const server = createServer({ cert, key }, (_, response) => response.end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    url: `https://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
