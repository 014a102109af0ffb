import { tmpdir } from "node:os";
import { join } from "node:path";
import { PACE } from "./pace.ts";

/** The settings of an operator that works in one namespace, and with the files of this folder. */
export function environmentOf(folder: string, namespace: string): Record<string, string> {
  const seconds = (ms: number): string => String(ms / 1000);
  return {
    KUBECONFIG: join(folder, "kubeconfig"),
    WATCH_NAMESPACES: namespace,
    POLL_INTERVAL_SECONDS: seconds(PACE.rest),
    ACTIVE_POLL_INTERVAL_SECONDS: seconds(PACE.active),
    REQUEST_TIMEOUT_SECONDS: seconds(PACE.timeout),
    SETTLE_SECONDS: seconds(PACE.settle),
    LEADER_ELECTION: "false",
    OWNER_ID: namespace,
    HEALTH_HOST: "127.0.0.1",
    HEALTH_PORT: "0",
    LOG_LEVEL: "debug",
    NODE_COMPILE_CACHE: join(tmpdir(), "hpc-park-operator-compile-cache"),
  };
}

export function kubeconfigFor(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "proxy", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "proxy", user: {} }],
    contexts: [
      { name: "proxy", context: { cluster: "proxy", user: "proxy", namespace: "default" } },
    ],
    "current-context": "proxy",
  });
}
