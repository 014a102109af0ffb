import { writeFile } from "node:fs/promises";
import { stringify } from "yaml";

const NAME = "hpc-park-operator";

interface KubeconfigOptions {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

/** Readable by kubectl and @kubernetes/client-node, and by its owner alone. */
export async function writeKubeconfig(file: string, options: KubeconfigOptions): Promise<void> {
  const cluster = {
    server: options.server,
    "certificate-authority-data": Buffer.from(options.ca).toString("base64"),
  };
  const content = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: NAME, cluster }],
    users: [{ name: NAME, user: { token: options.token } }],
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME, namespace: "default" } }],
    "current-context": NAME,
  };
  await writeFile(file, stringify(content), { mode: 0o600 });
}
