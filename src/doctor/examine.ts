import type { KubeConfig } from "@kubernetes/client-node";
import { pino } from "pino";
import { ELEMENT_GROUP, HPC_PARK_GROUP } from "../api/metadata.ts";
import { kinds } from "../api/kinds.ts";
import type { Config } from "../config.ts";
import { ELEMENT, HPC_PARK } from "../config-options.ts";
import { KubeClient } from "../kube/client.ts";
import { loadKubeConfig, ownNamespace } from "../kube/kube-config.ts";
import { KubeTransport } from "../kube/transport.ts";
import { createMetrics } from "../metrics.ts";
import { ProviderError } from "../provider/errors.ts";
import type { HpcAccountPortOptions } from "../provider/hpc-park/account-port.ts";
import { consolePort } from "../element-system.ts";
import { accountOptions, createAccount, KINDS } from "../hpc-park-system.ts";
import { COMPONENT, isReadableOnTheWay } from "../system.ts";
import { checkAccount } from "./account.ts";
import { checkCatalogue, type Described } from "./catalogue.ts";
import { checkCluster } from "./cluster.ts";
import { type OpenAccount, openClusterAccounts } from "./cluster-accounts.ts";
import { checkConsoles } from "./consoles.ts";
import { fault, type Finding } from "./finding.ts";
import type { Scope } from "./objects.ts";

const GROUPS: Readonly<Record<string, string>> = {
  [HPC_PARK]: HPC_PARK_GROUP,
  [ELEMENT]: ELEMENT_GROUP,
};

interface ExaminedAccount extends Omit<OpenAccount, "tokenPlace"> {
  readonly tokenPlace: string | undefined;
}

/** Everything that the operator needs, looked at once. Changes nothing anywhere. */
export async function examine(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const options = optionsFor(config, signal);
  const usesHpcPark = config.providers.includes(HPC_PARK);
  const accounts: ExaminedAccount[] = usesHpcPark ? [ownAccount(config, options)] : [];
  const findings: Finding[] = [...environmentFindings(environment)];
  const kubeConfig = kubeConfigOf(config, findings);
  const transport =
    kubeConfig && new KubeTransport({ kubeConfig, userAgent: `${COMPONENT}-doctor` });
  try {
    if (transport !== undefined && kubeConfig !== undefined) {
      findings.push(...(await checkCluster(clusterOf(config, kubeConfig, transport, signal))));
      if (config.providers.includes(ELEMENT))
        findings.push(...(await consoleFindings(config, transport, signal)));
      if (!usesHpcPark) return findings;
      const found = await openClusterAccounts({
        ...scopeOf(config, transport, signal),
        options,
        ownUrl: config.hpcParkUrl,
        allowedUrls: config.allowedUrls,
      });
      accounts.push(...found.open);
      findings.push(...found.findings);
    }
    for (const one of accounts) {
      findings.push(...(await accountFindings(one, signal)));
      if (transport === undefined) continue;
      const scope = scopeOf(config, transport, signal);
      findings.push(...(await catalogueFindings(one, scope)));
    }
    return findings;
  } finally {
    for (const { account } of accounts) account.close();
    await transport?.close();
  }
}

function accountFindings(one: ExaminedAccount, signal: AbortSignal): Promise<readonly Finding[]> {
  return checkAccount({
    ...one,
    inspect: () => one.account.inspect(signal),
    isOpen: isReadableOnTheWay(one.url),
    nowMs: Date.now(),
  });
}

function consoleFindings(
  config: Config,
  transport: KubeTransport,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const hooks = { guard: refuseToWrite, reconsider: () => undefined };
  const port = consolePort({ config, metrics: createMetrics(), signal }, hooks);
  const { elementAllowedUrls: allowedUrls } = config;
  return checkConsoles({ ...scopeOf(config, transport, signal), port, allowedUrls });
}

function refuseToWrite(): never {
  throw new ProviderError("unavailable", "the doctor changes nothing");
}

function scopeOf(
  { watchNamespaces: namespaces }: Config,
  transport: KubeTransport,
  signal: AbortSignal,
): Scope {
  return { client: new KubeClient(transport), namespaces, signal };
}

function optionsFor(config: Config, signal: AbortSignal): HpcAccountPortOptions {
  const logger = pino({ level: "silent" });
  const surroundings = { config, logger, metrics: createMetrics(), signal };
  return accountOptions(surroundings, refuseToWrite, () => undefined);
}

/** The operator's own. */
function ownAccount(config: Config, options: HpcAccountPortOptions): ExaminedAccount {
  const { hpcParkUrl: url, hpcParkToken, hpcParkTokenFile } = config;
  const tokenPlace =
    hpcParkTokenFile ?? (hpcParkToken === undefined ? undefined : "HPC_PARK_TOKEN");
  const logger = pino({ level: "silent" });
  const account = createAccount({ config, logger }, options);
  const isInAccount = ({ spec, status }: Described): boolean =>
    status?.account === undefined && spec.accountRef === undefined;
  return { name: "account", url, urlPlace: "HPC_PARK_URL", tokenPlace, account, isInAccount };
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
  const { leaderElection, leaseNamespace, watchNamespaces, ownerId, providers } = config;
  return {
    transport,
    kinds: kinds.filter(({ group }) => providers.some((name) => GROUPS[name] === group)),
    signal,
    namespaces: watchNamespaces,
    leaseNamespace: leaderElection ? (leaseNamespace ?? ownNamespace(kubeConfig)) : undefined,
    readsOwnerId: ownerId === undefined,
  };
}

async function catalogueFindings(
  { account, isInAccount }: ExaminedAccount,
  scope: Scope,
): Promise<Finding[]> {
  const remotes = account.remotes();
  const found: Finding[] = [];
  for (const port of KINDS) {
    const terms = remotes.get(port.kind)?.terms;
    if (terms === undefined) continue;
    found.push(...(await checkCatalogue({ port, terms, isInAccount, ...scope })));
  }
  return found;
}
