import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import got from "got";
import type { ApiServerCredentials } from "./api-server-credentials.ts";
import { ManagedProcess } from "./managed-process.ts";
import { parseServerVersion, type ServerVersion } from "./server-version.ts";
import { waitUntil } from "./wait-until.ts";

interface ApiServerOptions {
  readonly binary: string;
  readonly etcdUrl: string;
  readonly directory: string;
  readonly port: number;
  readonly credentials: ApiServerCredentials;
  /** Where every request is written down, one JSON object a line. Left out: nowhere. */
  readonly auditLog?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ApiServer {
  readonly url: string;
  /** PEM of the self-signed certificate and its issuer. */
  readonly ca: string;
  readonly version: ServerVersion;
  readonly process: ManagedProcess;
}

const START_DEADLINE_MS = 120_000;
/** The server makes these itself, some time after it is ready; a client may rely on both. */
const FIRST_NAMESPACES = ["default", "kube-system"];

/** Starts the server and waits until it is ready and the first namespaces exist. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { directory, port } = options;
  const server = await ManagedProcess.start({
    name: "kube-apiserver",
    command: options.binary,
    args: [...flags(options), ...(await auditFlags(options))],
    logFile: join(directory, "kube-apiserver.log"),
  });
  const url = `https://127.0.0.1:${port}`;
  try {
    await waitUntilReady(server, url, options);
    const ca = await readFile(certificateFile(directory), "utf8");
    const answer = await get(`${url}/version`, ca, options);
    return { url, ca, version: parseServerVersion(answer?.body ?? "null"), process: server };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function flags({ directory, port, etcdUrl, credentials }: ApiServerOptions): string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    `--cert-dir=${join(directory, "certificates")}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    // A loopback address is not allowed as an endpoint of the kubernetes service.
    "--endpoint-reconciler-type=none",
    `--service-account-key-file=${credentials.serviceAccountKeyFile}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKeyFile}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--token-auth-file=${credentials.tokenFile}`,
    "--authorization-mode=RBAC",
    "--service-cluster-ip-range=10.0.0.0/24",
    "--allow-privileged=true",
    // No controller makes the default service accounts, so a pod would be refused.
    "--disable-admission-plugins=ServiceAccount",
  ];
}

/** Who did what to which kind of thing, once it is over, which a watch is at its end; no bodies. */
const AUDIT_POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived", "ResponseStarted", "Panic"],
  rules: [{ level: "Metadata" }],
};

async function auditFlags({ auditLog, directory }: ApiServerOptions): Promise<string[]> {
  if (auditLog === undefined) return [];
  const policy = join(directory, "audit-policy.json");
  await writeFile(policy, JSON.stringify(AUDIT_POLICY));
  return [
    `--audit-policy-file=${policy}`,
    `--audit-log-path=${auditLog}`,
    // Written before the answer leaves, so that whoever has the answer finds the line.
    "--audit-log-mode=blocking-strict",
  ];
}

function certificateFile(directory: string): string {
  return join(directory, "certificates", "apiserver.crt");
}

async function waitUntilReady(
  server: ManagedProcess,
  url: string,
  options: ApiServerOptions,
): Promise<void> {
  const paths = ["/readyz", ...FIRST_NAMESPACES.map((name) => `/api/v1/namespaces/${name}`)];
  const isReady = async (signal: AbortSignal): Promise<boolean> => {
    if (server.hasEnded()) throw await server.endedError();
    const ca = await readFile(certificateFile(options.directory), "utf8").catch(() => undefined);
    if (ca === undefined) return false;
    for (const path of paths) {
      const answer = await get(`${url}${path}`, ca, { ...options, signal });
      if (answer?.statusCode !== 200) return false;
    }
    return true;
  };
  try {
    await waitUntil(isReady, {
      what: "starting kube-apiserver",
      deadlineMs: START_DEADLINE_MS,
      signal: options.signal,
    });
  } catch (error) {
    if (options.signal?.aborted || server.hasEnded()) throw error;
    throw new Error(`kube-apiserver is not ready; its log:\n${await server.lastLog()}`, {
      cause: error,
    });
  }
}

/** The answer, or undefined if there was none: the server is not up yet. */
async function get(
  url: string,
  ca: string,
  { credentials, signal }: Pick<ApiServerOptions, "credentials" | "signal">,
): Promise<{ statusCode: number; body: string } | undefined> {
  try {
    const { statusCode, body } = await got(url, {
      headers: { authorization: `Bearer ${credentials.adminToken}` },
      https: { certificateAuthority: ca },
      retry: { limit: 0 },
      timeout: { request: 5_000 },
      throwHttpErrors: false,
      followRedirect: false,
      ...(signal && { signal }),
    });
    return { statusCode, body };
  } catch {
    return undefined;
  }
}
