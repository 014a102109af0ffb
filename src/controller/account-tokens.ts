import type { Obstacle } from "../core/situation.ts";
import type { KubeClient } from "../kube/client.ts";
import type { AccountPort } from "../provider/account-port.ts";
import type { AccountObject } from "./account-object.ts";
import { namespaceOf } from "./managed-object.ts";
import { ObstacleError, readSecret } from "./secrets.ts";

export interface Offered {
  /** In the order of the spec. */
  readonly tokens: readonly string[];
  /** What is wrong with the first Secret that holds none. */
  readonly fault?: Obstacle | undefined;
}

/** The tokens in an account's Secrets, each read by its name in the account's own namespace. */
export async function offeredTokens(
  account: AccountObject,
  dependencies: {
    readonly port: AccountPort;
    readonly client: KubeClient;
    readonly signal: AbortSignal;
  },
): Promise<Offered> {
  const namespace = namespaceOf(account);
  const tokens: string[] = [];
  let fault: Obstacle | undefined;
  for (const parts of dependencies.port.terms(account.spec).tokens) {
    try {
      const values: string[] = [];
      for (const part of parts) values.push(await readSecret(part, namespace, dependencies));
      tokens.push(values.join(":"));
    } catch (error) {
      if (!(error instanceof ObstacleError)) throw error;
      const { reason, message, isStalled } = error;
      fault ??= { reason, message, isStalled };
    }
  }
  return { tokens, fault };
}
