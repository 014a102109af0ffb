import type { AccountFigure } from "../account-port.ts";
import type { Answer } from "../answer.ts";

export interface Bill {
  readonly status: Readonly<Record<string, unknown>>;
  readonly figures: readonly AccountFigure[];
}

/**
 * What the bill of a month comes to.
 *
 * @param today The date, as the bill's items have it. What was billed for it is what runs now.
 */
export function billOf(bill: Answer, today: string): Bill {
  const items = bill.objects("items");
  const ofToday = items.filter((item) => item.text("date") === today);
  const balance = amountOf(bill.text("balance"));
  const pricePerHour = sum(ofToday, "price_per_hour");
  const spentToday = sum(ofToday, "amount");
  const month = today.slice(0, "2026-11-".length);
  const ofMonth = items.filter((item) => item.text("date")?.startsWith(month) === true);
  const spentThisMonth = sum(ofMonth, "amount");
  return {
    status: {
      currency: bill.text("currency"),
      balance: balance?.toFixed(2),
      spentToday: spentToday.toFixed(2),
      spentThisMonth: spentThisMonth.toFixed(2),
      pricePerHour: pricePerHour.toFixed(2),
    },
    figures: [
      ...(balance === undefined ? [] : [{ name: "balance", value: balance }]),
      { name: "price_per_hour", value: pricePerHour },
      { name: "spent_today", value: spentToday },
      { name: "spent_this_month", value: spentThisMonth },
    ],
  };
}

function sum(items: readonly Answer[], field: string): number {
  return items.reduce((total, item) => total + (amountOf(item.text(field)) ?? 0), 0);
}

/** Decimal numbers come as text. For people to read, a double is exact enough. */
export function amountOf(text: string | undefined): number | undefined {
  const amount = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(amount) ? amount : undefined;
}
