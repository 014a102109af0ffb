import type { Account } from "./accounts.ts";
import { ok, type Call, type Outcome } from "./outcome.ts";
import type { Park } from "./park.ts";

/** GPUs paid for in advance. That an instance is under such a package, its tariff says; the package knows no instances. */
export interface Prepaid {
  readonly id: number;
  readonly userId: number;
  readonly gpuType: string;
  readonly gpuCount: number;
  readonly dateFrom: string;
  readonly dateTo: string;
  readonly roubles: number;
}

export interface NewPrepaid {
  readonly gpu_type: string;
  readonly gpu_count: number;
  readonly date_from: string;
  readonly date_to: string;
  readonly amount?: number;
}

const FIRST_ID = 701;

export function listPrepaid({ park, account }: Call): Outcome {
  return ok(prepaidViews(park, account));
}

export function prepaidViews(park: Park, { user }: Account): unknown[] {
  return park.prepaid
    .filter(({ userId }) => userId === user.id)
    .map((prepaid) => ({
      id: prepaid.id,
      gpu_type: prepaid.gpuType,
      gpu_count: prepaid.gpuCount,
      date_from: prepaid.dateFrom,
      date_to: prepaid.dateTo,
      amount: prepaid.roubles.toFixed(2),
      currency: park.billingTerms.currency,
    }));
}

export function addPrepaid(park: Park, { user }: Account, wanted: NewPrepaid): Prepaid {
  const prepaid = {
    id: FIRST_ID + park.prepaid.length,
    userId: user.id,
    gpuType: wanted.gpu_type,
    gpuCount: wanted.gpu_count,
    dateFrom: wanted.date_from,
    dateTo: wanted.date_to,
    roubles: wanted.amount ?? 0,
  };
  park.prepaid.push(prepaid);
  return prepaid;
}
