import type { Clock } from "../simulator/clock.ts";
import type { Thing } from "./thing.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** From this moment on, until the next one begins. */
export interface Rate {
  readonly fromMs: number;
  readonly perHour: number;
}

export type BilledKind = "instance" | "storage";

/** What one thing costs over time. It costs from its creation until it is gone. */
export interface Metered {
  readonly kind: BilledKind;
  readonly thing: Thing;
  readonly rates: readonly Rate[];
}

/** One day of one thing. */
export interface BillItem extends Omit<Metered, "rates"> {
  /** By UTC, such as 2026-11-23. */
  readonly date: string;
  readonly kopecks: number;
  /** Roubles; what it was at the end of the day, or is now. 0 where the thing is gone by then. */
  readonly perHour: number;
}

/** What everything has cost so far, also what is long gone. Nothing runs: the bill follows from the moment of asking. */
export class Meter {
  readonly #metered = new Map<Thing, Metered>();

  /** The thing costs this from the first of the rates on; what was planned for later no longer holds. */
  charge(kind: BilledKind, thing: Thing, rates: readonly Rate[]): void {
    const startMs = rates[0]?.fromMs ?? Infinity;
    const past = this.#metered.get(thing)?.rates.filter(({ fromMs }) => fromMs < startMs) ?? [];
    this.#metered.set(thing, { kind, thing, rates: [...past, ...rates] });
  }

  /** All items of one user, the oldest thing first. */
  items(userId: number, clock: Clock): BillItem[] {
    return [...this.#metered.values()]
      .filter(({ thing }) => thing.userId === userId)
      .flatMap((metered) => itemsOf(metered, clock));
  }

  itemsOfThing(thing: Thing, clock: Clock): BillItem[] {
    const metered = this.#metered.get(thing);
    return metered === undefined ? [] : itemsOf(metered, clock);
  }
}

function itemsOf({ kind, thing, rates }: Metered, clock: Clock): BillItem[] {
  const nowMs = clock.now();
  const wallAheadMs = clock.wall() - nowMs;
  const goneMs = thing.life.goneAtMs ?? Infinity;
  const endMs = Math.min(nowMs, goneMs);
  const items: BillItem[] = [];
  let dayWallMs = Math.floor((thing.createdMs + wallAheadMs) / DAY_MS) * DAY_MS;
  // Whatever was there at all has an item, however short its life.
  do {
    const dayMs = dayWallMs - wallAheadMs;
    const date = new Date(dayWallMs).toISOString().slice(0, "2026-11-23".length);
    const roubles = costBetween(rates, dayMs, Math.min(dayMs + DAY_MS, endMs));
    const lookMs = Math.min(dayMs + DAY_MS - 1, nowMs);
    const perHour = goneMs <= lookMs ? 0 : rateAt(rates, lookMs);
    items.push({ kind, thing, date, kopecks: Math.round(roubles * 100), perHour });
    dayWallMs += DAY_MS;
  } while (dayWallMs - wallAheadMs < endMs);
  return items;
}

function costBetween(rates: readonly Rate[], startMs: number, endMs: number): number {
  return rates.reduce((sum, { fromMs, perHour }, index) => {
    const untilMs = Math.min(rates[index + 1]?.fromMs ?? Infinity, endMs);
    const ms = Math.max(0, untilMs - Math.max(fromMs, startMs));
    return sum + (perHour * ms) / HOUR_MS;
  }, 0);
}

function rateAt(rates: readonly Rate[], atMs: number): number {
  return rates.findLast(({ fromMs }) => fromMs <= atMs)?.perHour ?? 0;
}
