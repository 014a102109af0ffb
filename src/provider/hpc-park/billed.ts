import type { RemoteThing } from "../../core/observation.ts";
import type { RemoteKind } from "../port.ts";
import type { Charges } from "./bills.ts";

/**
 * A kind whose things are on the bill.
 *
 * @param entity The bill's word for it.
 * @param now Monotonic milliseconds, of the same clock as the bill.
 */
export function billed(
  remote: RemoteKind,
  entity: string,
  charges: Charges,
  now: () => number,
): RemoteKind {
  /** When things were first seen switched off, by id: a bill of before says nothing of what that costs. */
  const offSinceMs = new Map<string, number>();
  const isBilledSinceOff = ({ id, headline }: RemoteThing): boolean => {
    if (headline.reason !== "PoweredOff") {
      offSinceMs.delete(id);
      return false;
    }
    const sinceMs = offSinceMs.get(id) ?? now();
    offSinceMs.set(id, sinceMs);
    return charges.askedMs > sinceMs;
  };
  return Object.assign(remote, {
    withCharge: (thing: RemoteThing): RemoteThing => {
      const charge = charges.of(entity, thing.id);
      const isSince = isBilledSinceOff(thing);
      if (charge === undefined) return thing;
      const pricePerHour = charge.pricePerHour.toFixed(2);
      const status = { ...thing.status, pricePerHour, spent: charge.spent.toFixed(2) };
      if (!isSince || charge.pricePerHour <= 0) return { ...thing, status };
      const message = `switched off, but HPC Park bills ${pricePerHour} an hour for it; delete it where it is not needed any more`;
      return { ...thing, status, headline: { reason: "StoppedButBilled", message } };
    },
  });
}
