import { Type } from "typebox";
import { conditionsSchema } from "./condition-schema.ts";

/**
 * The status repeats what the provider says. A bound that its words could pass would have the whole status refused, so the
 * maxima are far from anything seen, and there are no formats and no closed sets of the provider's values.
 */
const MAX_TEXT_LENGTH = 4096;
const MAX_IDS = 4096;

export function statusText(description: string) {
  return Type.Optional(Type.String({ maxLength: MAX_TEXT_LENGTH, description }));
}

export function statusInteger(description: string) {
  return Type.Optional(Type.Integer({ format: "int64", description }));
}

export function statusIds(description: string) {
  return Type.Optional(
    Type.Array(Type.Integer({ format: "int64" }), { maxItems: MAX_IDS, description }),
  );
}

/** What the status of every kind has whose things are on the bill. */
export function chargeFields(noun: string) {
  return {
    pricePerHour: statusText(
      `What HPC Park bills for the ${noun} in an hour, by the last bill that was read, in the currency of the account.`,
    ),
    spent: statusText(
      `What HPC Park has billed for the ${noun} this month, in the currency of the account.`,
    ),
  };
}

/** What the status of every HPC Park kind has. */
export function reportFields(noun: string) {
  return {
    observedGeneration: statusInteger("The metadata.generation that the operator looked at last."),
    id: statusInteger(`Id of the ${noun} in HPC Park.`),
    seenWith: statusText(
      `The token that last saw the ${noun}: 7/* is a master token of user 7, 7/3f9ac21b04de an ordinary one by its fingerprint. An ordinary token sees only what was made with it or granted to it.`,
    ),
    account: statusText(
      `The account that the ${noun} is in: the HpcAccount, the server and the user. Left out, it is the operator's own.`,
    ),
    label: statusText(
      `What the ${noun} is called in the HPC Park panel, without the operator's marker.`,
    ),
    createdAt: statusText(`When HPC Park created the ${noun}, in its own words.`),
    lastHandledReconcileAt: statusText(
      "The last value of the annotation hpc-park.ru/reconcile-requested-at that was answered with a fresh look.",
    ),
    conditions: conditionsSchema,
  };
}
