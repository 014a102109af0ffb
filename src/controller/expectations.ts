import { findCondition } from "../api/conditions.ts";
import type { MetadataKeys } from "../api/metadata.ts";
import type { Connection } from "../provider/connection.ts";
import type { KindRuntime } from "./kind-runtime.ts";
import { isProtected } from "./managed-object.ts";

/** Some lists are shown to few credentials; whoever has no such resource need not have one of them. */
export function isNeeded(runtime: KindRuntime | undefined): boolean {
  return runtime === undefined || runtime.port.keeps === undefined || runtime.store.size > 0;
}

/**
 * The remote ids that are to be there in this account: not those of what is leaving, is lost already, or was acknowledged to be gone.
 */
export function* expectedIds(
  runtime: KindRuntime | undefined,
  connection: Connection,
  keys: MetadataKeys,
): Iterable<string> {
  if (runtime === undefined) return;
  for (const object of runtime.store.list()) {
    const { metadata, spec, status } = object;
    // Of what is only observed nothing follows, and people may do away with as much of it as they like.
    if (spec.managementPolicy === "ObserveOnly") continue;
    const isLeaving = metadata.deletionTimestamp !== undefined && !isProtected(object);
    if (isLeaving || status?.id === undefined) continue;
    const isAcknowledged = metadata.annotations?.[keys.acknowledgeGone] === String(status.id);
    const isLost = findCondition(status.conditions, "Stalled")?.reason === "Lost";
    if (isAcknowledged || isLost) continue;
    if (runtime.accounts.of(object).connection === connection) yield String(status.id);
  }
}
