import type { RemoteThing } from "../../core/observation.ts";
import type { RemoteKind } from "../port.ts";
import type { Charges } from "./bills.ts";

/** A kind whose things are on the bill. @param entity The bill's word for it. */
export function billed(remote: RemoteKind, entity: string, charges: Charges): RemoteKind {
  return Object.assign(remote, {
    withCharge: (thing: RemoteThing): RemoteThing => withCharge(thing, entity, charges),
  });
}

function withCharge(thing: RemoteThing, entity: string, charges: Charges): RemoteThing {
  const charge = charges.of(entity, thing.id);
  if (charge === undefined) return thing;
  const pricePerHour = charge.pricePerHour.toFixed(2);
  const status = { ...thing.status, pricePerHour, spent: charge.spent.toFixed(2) };
  if (thing.headline.reason !== "PoweredOff" || charge.pricePerHour <= 0)
    return { ...thing, status };
  const message = `switched off, as the spec asks, but HPC Park bills ${pricePerHour} an hour for it; delete it where it is not needed any more`;
  return { ...thing, status, headline: { reason: "StoppedButBilled", message } };
}
