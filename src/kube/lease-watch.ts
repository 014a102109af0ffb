import { setTimeout as delay } from "node:timers/promises";
import { pathOf } from "./kube-object.ts";
import { LEASES, type LeaseObject } from "./lease-record.ts";
import type { KubeTransport } from "./transport.ts";
import { parseWatchEvent } from "./watch-event.ts";

export interface LeaseWatchOptions {
  readonly transport: KubeTransport;
  readonly namespace: string;
  readonly name: string;
  /** Between a watch that ended and the next. */
  readonly retryPeriodMs: number;
  readonly onChange: (object: LeaseObject) => void;
}

/**
 * Tells what others do with a Lease until the signal aborts. Never rejects.
 *
 * It is a hint and nothing else: who does not hear of a change tries all the same, only later.
 */
export async function watchLease(options: LeaseWatchOptions, signal: AbortSignal): Promise<void> {
  const { transport, namespace, name, retryPeriodMs, onChange } = options;
  const query = { watch: "true", fieldSelector: `metadata.name=${name}` };
  const path = pathOf(LEASES, namespace);
  while (!signal.aborted) {
    try {
      const lines = await transport.stream({ method: "GET", path, query, signal });
      if ("status" in lines) throw new Error(`watching the Lease: ${lines.status}`);
      for await (const line of lines) {
        const { object } = parseWatchEvent<LeaseObject>("Lease", line);
        if (object.metadata.name === name) onChange(object);
      }
    } catch {
      // Whoever cannot watch cannot read either, and says so there.
    }
    await delay(retryPeriodMs, undefined, { signal }).catch(() => undefined);
  }
}
