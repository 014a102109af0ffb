import type { AccountObject } from "../controller/account-object.ts";
import { withoutSlash } from "../controller/account-holder.ts";
import { offeredTokens } from "../controller/account-tokens.ts";
import { KubeError } from "../kube/errors.ts";
import { keyOf } from "../kube/kube-object.ts";
import type { AccountPort } from "../provider/account-port.ts";
import { HpcParkAccount } from "../provider/hpc-park/account.ts";
import { type HpcAccountPortOptions, hpcAccountPort } from "../provider/hpc-park/account-port.ts";
import type { Described } from "./catalogue.ts";
import { fault, type Finding } from "./finding.ts";
import { objectsOf, type Scope } from "./objects.ts";

export interface ClusterAccounts extends Scope {
  readonly options: HpcAccountPortOptions;
  readonly ownUrl: string;
  /** All that accounts may name. */
  readonly allowedUrls: readonly string[];
}

/** An account that can be asked something. */
export interface OpenAccount {
  readonly name: string;
  readonly url: string;
  readonly urlPlace: string;
  /** Where its token is, for advice. */
  readonly tokenPlace: string;
  readonly account: HpcParkAccount;
  readonly isInAccount: (resource: Described) => boolean;
}

/** The HpcAccounts of the cluster, opened with the first token in their Secrets; what keeps one from being opened is a finding. */
export async function openClusterAccounts(
  accounts: ClusterAccounts,
): Promise<{ readonly open: readonly OpenAccount[]; readonly findings: readonly Finding[] }> {
  const port = hpcAccountPort(accounts.options);
  const open: OpenAccount[] = [];
  const findings: Finding[] = [];
  try {
    for await (const object of objectsOf<AccountObject>(port, accounts)) {
      const opened = await openAccount(object, port, accounts);
      if ("account" in opened) open.push(opened);
      else findings.push(opened);
    }
  } catch (error) {
    // What cannot be listed is told of by the checks of access and of CRDs.
    if (!(error instanceof KubeError)) throw error;
  }
  return { open, findings };
}

async function openAccount(
  object: AccountObject,
  port: AccountPort,
  { client, signal, options, ownUrl, allowedUrls }: ClusterAccounts,
): Promise<OpenAccount | Finding> {
  const name = `account ${keyOf(object)}`;
  const { url = ownUrl, tokens: references } = port.terms(object.spec);
  if (![ownUrl, ...allowedUrls].map(withoutSlash).includes(withoutSlash(url)))
    return fault(name, `${url} is not a server that the operator may use`, port.adviceOnUrl);
  const { tokens, fault: obstacle } = await offeredTokens(object, { port, client, signal });
  const [token] = tokens;
  if (token === undefined)
    return fault(name, obstacle?.message ?? "it has no token", "put a token into its Secret");
  const [[first] = []] = references;
  const tokenPlace = `Secret "${first?.name}", key "${first?.key}"`;
  const account = new HpcParkAccount({ ...options, url, token: () => Promise.resolve(token) });
  const { namespace } = object.metadata;
  const isInAccount = ({ metadata, status }: Described): boolean =>
    metadata.namespace === namespace &&
    status?.account?.startsWith(`${object.metadata.name}@`) === true;
  return { name, url, urlPlace: "spec.url", tokenPlace, account, isInAccount };
}
