import { type Account, depositOf } from "./accounts.ts";
import { billOf } from "./bill.ts";
import { chargeAll } from "./charge.ts";
import { addInvoice } from "./invoice.ts";
import type { MoneyAction, PanelResult } from "./panel-action.ts";
import type { Park } from "./park.ts";
import { addPrepaid } from "./prepaid.ts";
import { existing } from "./refusal.ts";

/** Prices, terms, and what a user has paid or is to pay. */
export function performOnMoney(park: Park, action: MoneyAction): PanelResult {
  switch (action.action) {
    case "set-prices":
      setPrices(park, action);
      return {};
    case "set-billing": {
      const { action: _, ...terms } = action;
      park.billingTerms = { ...park.billingTerms, ...terms };
      chargeAll(park);
      return {};
    }
    case "set-limits": {
      const { action: _, user, ...limits } = action;
      const account = accountAt(park, user);
      account.limits = limits;
      account.deposit = depositOf(limits, billOf(park, account).spent);
      return {};
    }
    case "add-money":
      pay(accountAt(park, action.user), action.amount);
      return {};
    case "add-invoice":
      return { id: addInvoice(park, accountAt(park, action.user), action).id };
    case "set-invoice": {
      const invoice = existing(park.invoices.find(({ id }) => id === action.id));
      const isPaidNow = action.status === "paid" && invoice.status !== "paid";
      invoice.status = action.status;
      if (isPaidNow) pay(accountAt(park, invoice.userId), invoice.roubles);
      return { id: invoice.id };
    }
    case "add-prepaid":
      return { id: addPrepaid(park, accountAt(park, action.user), action).id };
  }
}

/** Each table keeps the names that are not spoken of. */
function setPrices(park: Park, action: Extract<MoneyAction, { action: "set-prices" }>): void {
  const { gpu, container, tariff, address, storageGb } = park.prices;
  park.prices = {
    gpu: { ...gpu, ...action.gpu },
    container: { ...container, ...action.container },
    tariff: { ...tariff, ...action.tariff },
    address: action.address ?? address,
    storageGb: { ...storageGb, ...action.storageGb },
  };
  chargeAll(park);
}

function pay(account: Account, roubles: number): void {
  account.deposit = { ...account.deposit, roubles: account.deposit.roubles + roubles };
}

/** The main user where none is named. */
export function accountAt(park: Park, id: number | undefined): Account {
  return id === undefined ? park.accounts.main : existing(park.accounts.get(id));
}
