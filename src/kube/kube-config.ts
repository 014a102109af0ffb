import { readFileSync } from "node:fs";
import { delimiter, dirname, resolve } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { parse } from "yaml";

/**
 * The cluster to work in: a kubeconfig file where one is named, else what client-go would take (`KUBECONFIG`, `~/.kube/config`,
 * the pod's service account).
 */
export function loadKubeConfig(path: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (path === undefined) config.loadFromDefault();
  else config.loadFromFile(path);
  const paths = path === undefined ? (process.env["KUBECONFIG"] ?? "").split(delimiter) : [path];
  for (const file of paths.filter((one) => one !== "")) useTokenFiles(config, file);
  return config;
}

/** The namespace of the pod or of the kubeconfig's context. */
export function ownNamespace(config: KubeConfig): string {
  return config.getContextObject(config.getCurrentContext())?.namespace?.trim() || "default";
}

interface KubeconfigFile {
  readonly users?: readonly { readonly name?: string; readonly user?: { tokenFile?: string } }[];
}

/** client-node does not know a user's `tokenFile`; it reads one again and again for an `authProvider` of its own making. */
function useTokenFiles(config: KubeConfig, path: string): void {
  const { users = [] }: KubeconfigFile = parse(readFileSync(path, "utf8")) ?? {};
  for (const { name, user } of users) {
    const known = config.users.find((one) => one.name === name);
    if (known === undefined || user?.tokenFile === undefined) continue;
    const tokenFile = resolve(dirname(path), user.tokenFile);
    // The file wins over a token written next to it, as in client-go.
    const { token: _, ...rest } = known;
    const withFile = { ...rest, authProvider: { name: "tokenFile", config: { tokenFile } } };
    config.users = config.users.map((one) => (one === known ? withFile : one));
  }
}
