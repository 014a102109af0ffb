import type { Account } from "./accounts.ts";
import type { BillItem } from "./meter.ts";
import type { Park } from "./park.ts";
import { Refusal } from "./refusal.ts";

/** The bill of a user as it stands; all amounts in kopecks. */
export interface Bill {
  readonly items: readonly BillItem[];
  readonly spent: number;
  readonly spentToday: number;
  readonly spentThisMonth: number;
  readonly pricePerHour: number;
  readonly balance: number;
}

export function billOf(park: Park, account: Account): Bill {
  const items = park.meter.items(account.user.id, park.clock);
  const today = new Date(park.clock.wall()).toISOString().slice(0, "2026-11-23".length);
  const month = today.slice(0, "2026-11".length);
  const todays = items.filter(({ date }) => date === today);
  const spent = spentOn(items);
  const { roubles, spentBeforeKopecks } = account.deposit;
  return {
    items,
    spent,
    spentToday: spentOn(todays),
    spentThisMonth: spentOn(items.filter(({ date }) => date.startsWith(month))),
    pricePerHour: todays.reduce((sum, { perHour }) => sum + perHour * 100, 0),
    balance: roubles * 100 - (spent - spentBeforeKopecks),
  };
}

export function spentOn(items: readonly BillItem[]): number {
  return items.reduce((sum, { kopecks }) => sum + kopecks, 0);
}

/** The contract's amounts are decimal numbers as strings. */
export function asAmount(kopecks: number): string {
  // A sum of nothing is not to be written as -0.00.
  return ((Math.round(kopecks) || 0) / 100).toFixed(2);
}

/** Refuses where there is no money for what is asked. */
export function requireMoney(park: Park, account: Account): void {
  const { isEndless, roubles } = account.deposit;
  if (isEndless) return;
  const { refusesInDebt } = park.billingTerms;
  const left = refusesInDebt ? billOf(park, account).balance : roubles;
  if (left <= 0) throw new Refusal(402, "Insufficient funds: top up the balance");
}
