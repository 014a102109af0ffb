import type { Account } from "./accounts.ts";
import { asAmount, billOf, spentOn } from "./bill.ts";
import { instanceView } from "./instance-view.ts";
import { invoiceViews } from "./invoice.ts";
import { namespaceView } from "./namespace.ts";
import type { Park } from "./park.ts";
import { prepaidViews } from "./prepaid.ts";
import { limitViews } from "./quota.ts";
import { storageView } from "./storage.ts";
import type { Thing } from "./thing.ts";
import type { Token } from "./tokens.ts";

/** Everything alive, whoever may see it, and how the service is set. */
export function stateOfPark(park: Park): Record<string, unknown> {
  const owned = (thing: Thing): object => ownedBy(park, thing);
  const billed = (thing: Thing): object => Object.assign(owned(thing), costOf(park, thing));
  return {
    nowMs: park.clock.now(),
    user: park.accounts.main.user,
    statePath: park.statePath,
    contractChanges: park.contractChanges,
    catalogue: park.catalogue,
    masterOnly: park.masterOnly,
    timings: park.timings,
    limits: park.accounts.main.limits,
    prices: park.prices,
    billingTerms: park.billingTerms,
    users: park.accounts.all().map((account) => stateOfAccount(park, account)),
    instances: park.instances
      .all()
      .map((instance) => Object.assign(instanceView(park, instance), billed(instance))),
    storages: park.storages
      .all()
      .map((storage) => Object.assign(storageView(park, storage), billed(storage))),
    namespaces: park.namespaces
      .all()
      .map((namespace) => Object.assign(namespaceView(namespace), owned(namespace))),
    tokens: park.tokens.all().map((token) => stateOfToken(park, token)),
  };
}

/** Without its value: nobody is shown that twice. */
function stateOfToken(park: Park, token: Token): Record<string, unknown> {
  return {
    id: token.id,
    name: token.name,
    master: token.master,
    userId: park.accounts.of(token).user.id,
    expires_at: new Date(token.expiresAtMs).toISOString(),
    grants: [...token.grants],
  };
}

function ownedBy(park: Park, { tokenId, userId, createdMs }: Thing): object {
  const token = tokenId === null ? null : (park.tokens.get(tokenId)?.name ?? "(revoked)");
  return { token, userId, createdMs };
}

function costOf(park: Park, thing: Thing): object {
  const items = park.meter.itemsOfThing(thing, park.clock);
  const perHour = items.at(-1)?.perHour ?? 0;
  return { spent: asAmount(spentOn(items)), pricePerHour: asAmount(perHour * 100) };
}

/** What a client has to work out from several answers, for a test to compare. */
function stateOfAccount(park: Park, account: Account): Record<string, unknown> {
  const { balance, spent, spentToday, spentThisMonth, pricePerHour } = billOf(park, account);
  return {
    ...account.user,
    limits: limitViews(park, account),
    invoices: invoiceViews(park, account),
    prepaid: prepaidViews(park, account),
    balance: asAmount(balance),
    spent: asAmount(spent),
    spentToday: asAmount(spentToday),
    spentThisMonth: asAmount(spentThisMonth),
    pricePerHour: asAmount(pricePerHour),
  };
}
