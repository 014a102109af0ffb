import { asAmount, billOf } from "./bill.ts";
import { ok, type Call, type Outcome } from "./outcome.ts";

/** One item for each day of each thing that the token may see, also of what is gone; the balance is the user's. */
export function getBilling({ park, token, account, query }: Call): Outcome {
  const { date_from: from, date_to: to } = query;
  const bill = billOf(park, account);
  const items = bill.items
    .filter(({ date }) => (!isDate(from) || date >= from) && (!isDate(to) || date <= to))
    .filter(({ kind, thing }) => park.canSee(token, kind, thing))
    .map(({ kind, thing, date, kopecks, perHour }) => ({
      entity: kind,
      entity_id: thing.id,
      date,
      amount: asAmount(kopecks),
      price_per_hour: asAmount(perHour * 100),
    }));
  const { currency } = park.billingTerms;
  return ok({ currency, balance: asAmount(bill.balance), items });
}

/** The request was validated: what is there at all is a date. */
function isDate(value: unknown): value is string {
  return typeof value === "string";
}
