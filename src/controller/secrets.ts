import type { Obstacle } from "../core/situation.ts";
import type { KubeClient } from "../kube/client.ts";
import { KubeError } from "../kube/errors.ts";
import type { SecretReference } from "../provider/port.ts";
import type { ActContext } from "./act-context.ts";
import { namespaceOf } from "./managed-object.ts";

/** Something in the cluster that must be put right before the action can be done. */
export class ObstacleError extends Error implements Obstacle {
  override readonly name = "ObstacleError";
  readonly reason: Obstacle["reason"];
  readonly isStalled = true;

  constructor(reason: Obstacle["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The values that a create request needs, from the resource's own namespace, each read by its name. */
export async function readSecrets(context: ActContext): Promise<Map<string, string>> {
  const { object, runtime } = context;
  const values = new Map<string, string>();
  for (const reference of runtime.port.secrets(object.spec)) {
    const value = await readSecret(reference, namespaceOf(object), context);
    values.set(`${reference.name}/${reference.key}`, value);
  }
  return values;
}

/** One value, read by its name. Rejects with an ObstacleError where somebody has to put it right. */
export async function readSecret(
  { name, key, path, mustBe }: SecretReference,
  namespace: string,
  { client, signal }: { readonly client: KubeClient; readonly signal: AbortSignal },
): Promise<string> {
  const data = await client.getSecret(namespace, name, signal).catch((error: unknown) => {
    if (error instanceof KubeError && error.kind === "forbidden") {
      throw new ObstacleError(
        "SecretNotFound",
        `Secret "${name}", named in ${path}, may not be read by the operator; let its role get Secrets in namespace ${namespace}`,
      );
    }
    if (!(error instanceof KubeError) || error.kind !== "not-found") throw error;
    throw new ObstacleError(
      "SecretNotFound",
      `Secret "${name}", named in ${path}, does not exist in namespace ${namespace}; create it`,
    );
  });
  const value = data[key]?.trim();
  if (value === undefined || value === "") {
    throw new ObstacleError(
      mustBe.reason ?? "SecretNotFound",
      `Secret "${name}" has no value under the key "${key}", named in ${path}; add it`,
    );
  }
  if (!mustBe.pattern.test(value)) {
    throw new ObstacleError(
      mustBe.reason ?? "SecretNotFound",
      `Secret "${name}" has no ${mustBe.called}, under the key "${key}", named in ${path}; put one there`,
    );
  }
  return value;
}
