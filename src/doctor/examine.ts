import type { KubeConfig } from "@kubernetes/client-node";
import { pino } from "pino";
import { kinds } from "../api/kinds.ts";
import type { Config } from "../config.ts";
import { KubeClient } from "../kube/client.ts";
import { loadKubeConfig, ownNamespace } from "../kube/kube-config.ts";
import { KubeTransport } from "../kube/transport.ts";
import { createMetrics } from "../metrics.ts";
import { ProviderError } from "../provider/errors.ts";
import type { HpcParkAccount } from "../provider/hpc-park/account.ts";
import { accountOptions, COMPONENT, createAccount, isReadableOnTheWay, KINDS } from "../wiring.ts";
import { checkAccount } from "./account.ts";
import { checkCatalogue } from "./catalogue.ts";
import { checkCluster } from "./cluster.ts";
import { fault, type Finding } from "./finding.ts";

interface Account {
  readonly name: string;
  readonly url: string;
  readonly tokenPlace: string | undefined;
  readonly account: HpcParkAccount;
}

/** Everything that the operator needs, looked at once. Changes nothing anywhere. */
export async function examine(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const accounts = accountsOf(config, signal);
  const findings: Finding[] = [...environmentFindings(environment)];
  const kubeConfig = kubeConfigOf(config, findings);
  const transport =
    kubeConfig && new KubeTransport({ kubeConfig, userAgent: `${COMPONENT}-doctor` });
  try {
    if (transport !== undefined && kubeConfig !== undefined)
      findings.push(...(await checkCluster(clusterOf(config, kubeConfig, transport, signal))));
    for (const one of accounts) {
      const inspect = () => one.account.inspect(signal);
      findings.push(
        ...(await checkAccount({
          ...one,
          inspect,
          isOpen: isReadableOnTheWay(one.url),
          nowMs: Date.now(),
        })),
      );
      if (transport !== undefined)
        findings.push(...(await catalogueFindings(one.account, config, transport, signal)));
    }
    return findings;
  } finally {
    for (const { account } of accounts) account.close();
    await transport?.close();
  }
}

/** The operator has one of its own. */
function accountsOf(config: Config, signal: AbortSignal): Account[] {
  const { hpcParkUrl: url, hpcParkToken, hpcParkTokenFile } = config;
  const tokenPlace =
    hpcParkTokenFile ?? (hpcParkToken === undefined ? undefined : "HPC_PARK_TOKEN");
  const surroundings = {
    config,
    logger: pino({ level: "silent" }),
    metrics: createMetrics(),
    signal,
  };
  const refuse = (): never => {
    throw new ProviderError("unavailable", "the doctor changes nothing");
  };
  const account = createAccount(
    surroundings,
    accountOptions(surroundings, refuse, () => undefined),
  );
  return [{ name: "account", url, tokenPlace, account }];
}

function environmentFindings(
  environment: Readonly<Record<string, string | undefined>>,
): readonly Finding[] {
  if (environment["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0") return [];
  return [
    fault(
      "environment",
      "NODE_TLS_REJECT_UNAUTHORIZED is 0, so no certificate is checked: anybody on the way can read the token",
      "unset it, and name the authority that signed the certificate in HPC_PARK_CA_FILE",
    ),
  ];
}

function kubeConfigOf(config: Config, findings: Finding[]): KubeConfig | undefined {
  try {
    return loadKubeConfig(config.kubeconfig);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    findings.push(
      fault(
        "cluster",
        `the kubeconfig cannot be read: ${words}`,
        "name a kubeconfig that can be read in KUBECONFIG",
      ),
    );
    return undefined;
  }
}

function clusterOf(
  config: Config,
  kubeConfig: KubeConfig,
  transport: KubeTransport,
  signal: AbortSignal,
) {
  const { leaderElection, leaseNamespace, watchNamespaces, ownerId } = config;
  return {
    transport,
    kinds,
    signal,
    namespaces: watchNamespaces,
    leaseNamespace: leaderElection ? (leaseNamespace ?? ownNamespace(kubeConfig)) : undefined,
    readsOwnerId: ownerId === undefined,
  };
}

async function catalogueFindings(
  account: HpcParkAccount,
  { watchNamespaces }: Config,
  transport: KubeTransport,
  signal: AbortSignal,
): Promise<Finding[]> {
  const client = new KubeClient(transport);
  const remotes = account.remotes();
  const found: Finding[] = [];
  for (const port of KINDS) {
    const terms = remotes.get(port.kind)?.terms;
    if (terms === undefined) continue;
    const scope = { client, signal, namespaces: watchNamespaces };
    found.push(...(await checkCatalogue({ port, terms, ...scope })));
  }
  return found;
}
