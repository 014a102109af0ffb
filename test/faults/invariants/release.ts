import { markerOf } from "../../../src/embedded/simulator/alive-per-marker.ts";
import type { LedgerEntry } from "../../../src/embedded/simulator/ledger.ts";
import type { Exchange } from "../message-proxy.ts";
import { type History, isToStay } from "./history.ts";

/**
 * I2: an object with a finalizer of ours leaves only when nothing with its marker lives. One that the API server lost with the finalizer
 * still on (kubernetes/kubernetes#77988) was not let go of: by the end nothing of it may live.
 */
export function proofBeforeRelease(history: History): string[] {
  const { entries, revisions, exchanges, nowMs, reading } = history;
  const finalizer = `${reading.group}/remote`;
  return revisions
    .filter(({ type, object }) => type === "DELETED" && !isToStay(object.spec))
    .flatMap(({ object, kind, seenMs }) => {
      const prefix = `${object.metadata.namespace}/${object.metadata.name} `;
      const isOn = object.metadata.finalizers?.includes(finalizer) ?? false;
      const isLost =
        isOn && !exchanges.some((one) => takesOff(one, object.metadata.uid, finalizer));
      const alive = livingAt(entries, prefix, reading.thingKindOf(kind), isLost ? nowMs : seenMs);
      return alive.map((id) => `I2 no leak: ${prefix}was released while ${id} lived`);
    });
}

function takesOff({ method, status, body }: Exchange, uid: string, finalizer: string): boolean {
  if (method !== "PATCH" || status !== 200) return false;
  const { metadata = {} }: { metadata?: { uid?: string; finalizers?: readonly string[] } } =
    JSON.parse(body);
  return (
    metadata.uid === uid &&
    metadata.finalizers !== undefined &&
    !metadata.finalizers.includes(finalizer)
  );
}

function livingAt(
  entries: readonly LedgerEntry[],
  prefix: string,
  kind: string,
  atMs: number,
): (number | string)[] {
  const alive = new Set<number | string>();
  for (const effect of entries.flatMap(({ effects }) => effects)) {
    if (effect.kind !== kind || effect.atMs > atMs) continue;
    if (effect.what === "deleted" && (effect.goneAtMs ?? effect.atMs) <= atMs)
      alive.delete(effect.id);
    else if (effect.label.startsWith(prefix) && markerOf(effect.label) !== undefined)
      alive.add(effect.id);
  }
  return [...alive];
}
