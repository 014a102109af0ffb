import { setTimeout as delay } from "node:timers/promises";
import type { KubeClient } from "./kube/client.ts";

const RETRY_MS = 2_000;

/**
 * The UID of the namespace kube-system, which tells one cluster from all others. Tried until it is read; rejects with the signal's reason
 * alone.
 *
 * @param onFailure Told of each try that failed.
 */
export async function readOwnerId(
  client: KubeClient,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await client.getNamespaceUid("kube-system", signal);
    } catch (error) {
      signal.throwIfAborted();
      onFailure(error);
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
