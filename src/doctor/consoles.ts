import type { AccountObject } from "../controller/account-object.ts";
import { offeredTokens } from "../controller/account-tokens.ts";
import { withoutSlash } from "../controller/account-holder.ts";
import { type Proof, proveToken } from "../controller/prove-token.ts";
import { KubeError } from "../kube/errors.ts";
import { keyOf } from "../kube/kube-object.ts";
import type { AccountPort } from "../provider/account-port.ts";
import { isReadableOnTheWay } from "../system.ts";
import { fault, type Finding, ok, warning } from "./finding.ts";
import { objectsOf, type Scope } from "./objects.ts";

export interface Consoles extends Scope {
  readonly port: AccountPort;
  /** All that may be named. */
  readonly allowedUrls: readonly string[];
}

/** Whether each account object of a provider that the operator has no account of its own with can be used. */
export async function checkConsoles(consoles: Consoles): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  try {
    for await (const object of objectsOf<AccountObject>(consoles.port, consoles))
      findings.push(...(await checkConsole(object, consoles)));
  } catch (error) {
    // What cannot be listed is told of by the checks of access and of CRDs.
    if (!(error instanceof KubeError)) throw error;
  }
  return findings;
}

async function checkConsole(
  object: AccountObject,
  { port, allowedUrls, client, signal }: Consoles,
): Promise<readonly Finding[]> {
  const name = `console ${keyOf(object)}`;
  const { url = "" } = port.terms(object.spec);
  if (!allowedUrls.map(withoutSlash).includes(withoutSlash(url)))
    return [fault(name, `${url} is not a server that the operator may use`, port.adviceOnUrl)];
  const open = isReadableOnTheWay(url)
    ? [
        warning(
          name,
          `${url} is not protected: whoever is on the way reads the client's secret`,
          "name an https URL in spec.url",
        ),
      ]
    : [];
  const { tokens, fault: missing } = await offeredTokens(object, { port, client, signal });
  const [token] = tokens;
  if (token === undefined) {
    const says = missing?.message ?? `it has no ${port.credentialCalled}`;
    return [...open, fault(name, says, "put client-id and client-secret into its Secret")];
  }
  return [
    ...open,
    await askPanel(token, { name, url, bound: object.status?.boundTo }, { port, signal }),
  ];
}

async function askPanel(
  token: string,
  { name, url, bound }: { name: string; url: string; bound: string | undefined },
  { port, signal }: Pick<Consoles, "port" | "signal">,
): Promise<Finding> {
  const lanes = port.lanes(undefined);
  try {
    const server = withoutSlash(url);
    const proving = { port, server, lanes, signal, isRefused: false, acknowledged: undefined };
    const proof = await proveToken(token, proving, bound);
    if (proof.is === "accepted") return ok(name, `${url} answers: ${proof.facts.summary}`);
    return fault(name, proof.obstacle.message, fixOf(proof, url, port));
  } finally {
    lanes.close();
  }
}

function fixOf(
  { is, obstacle }: Exclude<Proof, { is: "accepted" }>,
  url: string,
  port: AccountPort,
): string {
  if (obstacle.reason === "Forbidden")
    return `have the right given to its ${port.credentialCalled}'s user`;
  return is === "open"
    ? `check spec.url, and that this machine reaches ${new URL(url).host}`
    : `put a valid ${port.credentialCalled} into its Secret`;
}
