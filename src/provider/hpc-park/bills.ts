import { setTimeout as delay } from "node:timers/promises";
import type { HttpClient } from "../http.ts";
import { Answer } from "../answer.ts";
import { amountOf } from "./bill.ts";

/** What HPC Park bills for one thing, in the currency of its account. */
export interface Charge {
  /** As of the last bill; what does not run costs nothing, unless its tariff says otherwise. */
  readonly pricePerHour: number;
  /** This month, so far. */
  readonly spent: number;
}

/** What is known of the bill. */
export interface Charges {
  /** @param entity The bill's word for the kind: instance, storage. Undefined where the bill does not name the thing. */
  of(entity: string, id: string): Charge | undefined;
  /** When the bill was asked for that is known, in monotonic milliseconds. */
  readonly askedMs: number;
}

export interface BillsOptions {
  readonly http: HttpClient;
  /** Between readings, in milliseconds. */
  readonly againMs: number;
  readonly wallClock: () => Date;
  /** A bill was read. */
  readonly onBill: () => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** A day's bill may still grow on the day after. */
const OPEN_DAYS = 2;
/** Every status that names a cost is written after the first reading; a start has more urgent work. */
const FIRST_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

/**
 * Keeps what the bill of this month says of each thing. It is read day by day, so that no answer is longer than there are things; days
 * that are over are read once.
 */
export class Bills implements Charges {
  readonly #options: BillsOptions;
  #charges: ReadonlyMap<string, Charge> = new Map();
  #askedMs = -Infinity;
  #closed: { readonly until: string; readonly spent: ReadonlyMap<string, number> } | undefined;

  constructor(options: BillsOptions) {
    this.#options = options;
  }

  of(entity: string, id: string): Charge | undefined {
    return this.#charges.get(`${entity}/${id}`);
  }

  get askedMs(): number {
    return this.#askedMs;
  }

  /** Reads now and again until the signal aborts. A bill that cannot be read changes nothing: money is shown, never acted upon. */
  async run(): Promise<void> {
    const { signal, againMs } = this.#options;
    let waitMs = Math.min(againMs, FIRST_MS);
    for (;;) {
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await this.#read().catch(() => undefined);
      waitMs = againMs;
    }
  }

  async #read(): Promise<void> {
    const askedMs = this.#options.now();
    const today = this.#options.wallClock();
    const days = daysOfMonth(today);
    const closing = days.slice(0, -OPEN_DAYS);
    const spent = new Map(await this.#spentUntil(closing));
    let prices = new Map<string, number>();
    for (const day of days.slice(-OPEN_DAYS)) {
      prices = new Map();
      for (const { thing, amount, pricePerHour } of await this.#itemsOf(day)) {
        spent.set(thing, (spent.get(thing) ?? 0) + amount);
        prices.set(thing, (prices.get(thing) ?? 0) + pricePerHour);
      }
    }
    this.#charges = new Map(
      [...spent].map(([thing, sum]) => [
        thing,
        { spent: sum, pricePerHour: prices.get(thing) ?? 0 },
      ]),
    );
    this.#askedMs = askedMs;
    this.#options.onBill();
  }

  /** What was billed on days that are over. Each is asked for once in the life of a process. */
  async #spentUntil(days: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const known = this.#closed !== undefined && days.includes(this.#closed.until);
    const spent = new Map(known ? this.#closed?.spent : undefined);
    const missing = known ? days.slice(days.indexOf(this.#closed?.until ?? "") + 1) : days;
    for (const day of missing) {
      for (const { thing, amount } of await this.#itemsOf(day))
        spent.set(thing, (spent.get(thing) ?? 0) + amount);
    }
    const until = days.at(-1);
    this.#closed = until === undefined ? undefined : { until, spent };
    return spent;
  }

  async #itemsOf(day: string): Promise<readonly Item[]> {
    const { http, signal } = this.#options;
    const path = `/v1/billing?date_from=${day}&date_to=${day}`;
    const request = { method: "GET", path, operation: "get bill", lane: "observe" } as const;
    const body = await http.request(request, signal);
    if (body === undefined) return [];
    // A service that does not know the dates answers more than was asked for.
    const items = new Answer(body, "get bill").objects("items");
    return items.filter((item) => item.text("date") === day).flatMap(itemOf);
  }
}

interface Item {
  /** `instance/17`. */
  readonly thing: string;
  readonly amount: number;
  readonly pricePerHour: number;
}

function itemOf(item: Answer): readonly Item[] {
  const entity = item.text("entity");
  const id = item.integer("entity_id");
  if (entity === undefined || id === undefined) return [];
  const amount = amountOf(item.text("amount")) ?? 0;
  const pricePerHour = amountOf(item.text("price_per_hour")) ?? 0;
  return [{ thing: `${entity}/${id}`, amount, pricePerHour }];
}

/** The dates of this month until today, as the bill writes them. */
function daysOfMonth(today: Date): readonly string[] {
  const count = today.getUTCDate();
  return Array.from({ length: count }, (_, index) =>
    new Date(today.getTime() - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}
