import { KubeConfig } from "@kubernetes/client-node";

/**
 * The cluster to work in: a kubeconfig file where one is named, else what client-go would take (`KUBECONFIG`, `~/.kube/config`,
 * the pod's service account).
 */
export function loadKubeConfig(path: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (path === undefined) config.loadFromDefault();
  else config.loadFromFile(path);
  return config;
}

/** The namespace of the pod or of the kubeconfig's context. */
export function ownNamespace(config: KubeConfig): string {
  return config.getContextObject(config.getCurrentContext())?.namespace ?? "default";
}
