import type { QueueAddOptions } from "p-queue";

/**
 * What a request is for, most urgent first: what saves money goes before what costs money. A list is what every decision rests on, and
 * there is but one under way of each kind.
 */
export const LANES = ["stop", "list", "create", "update", "observe"] as const;
export type Lane = (typeof LANES)[number];

/** The lanes that slow answers of the others never keep waiting. */
const URGENT: readonly Lane[] = ["stop", "list"];

/** Every so many starts the longest-waiting request goes first, whatever its lane, so that none starves. */
const FAIRNESS = 8;

/** Slots that what is not urgent may take; the rest of p-queue's are for the lanes `stop` and `list`. */
export class Slots {
  readonly #ordinary: number;
  #taken = 0;

  constructor(ordinary: number) {
    this.#ordinary = ordinary;
  }

  get isOrdinaryFree(): boolean {
    return this.#taken < this.#ordinary;
  }

  /** Runs a request in a slot. It is free again before p-queue looks for the next one. */
  async during<Result>(lane: Lane, request: () => Promise<Result>): Promise<Result> {
    const taken = URGENT.includes(lane) ? 0 : 1;
    this.#taken += taken;
    try {
      return await request();
    } finally {
      this.#taken -= taken;
    }
  }
}

type Run = () => Promise<unknown>;

interface Waiting {
  readonly id: string;
  readonly arrival: number;
  readonly run: Run;
}

/**
 * The order in which p-queue takes requests: first in, first out in each lane; the more urgent lane first; none starved.
 *
 * Only so many that are not urgent run at a time; what is left of p-queue's slots is for the lanes `stop` and `list`.
 */
export class LaneQueue {
  readonly #lanes: readonly Waiting[][] = LANES.map(() => []);
  readonly #slots: Slots;
  #arrivals = 0;
  #starts = 0;

  constructor(slots: Slots) {
    this.#slots = slots;
  }

  /** How many could start now, as far as their lane goes. */
  get size(): number {
    return this.#open.reduce((sum, lane) => sum + lane.length, 0);
  }

  /** @param options `priority` is the lane's place in LANES. */
  enqueue(run: Run, options?: Partial<QueueAddOptions>): void {
    this.#arrivals += 1;
    this.#lanes[options?.priority ?? LANES.length - 1]?.push({
      id: options?.id ?? "",
      arrival: this.#arrivals,
      run,
    });
  }

  dequeue(): Run | undefined {
    this.#starts += 1;
    const filled = this.#open.filter((lane) => lane.length > 0);
    const isFairTurn = this.#starts % FAIRNESS === 0;
    const lane = isFairTurn ? filled.toSorted((a, b) => arrivalOf(a) - arrivalOf(b))[0] : filled[0];
    return lane?.shift()?.run;
  }

  remove(id: string): void {
    for (const lane of this.#lanes) {
      const index = lane.findIndex((waiting) => waiting.id === id);
      if (index !== -1) lane.splice(index, 1);
    }
  }

  filter({ priority }: Readonly<Partial<QueueAddOptions>>): Run[] {
    const lanes = priority === undefined ? this.#lanes : [this.#lanes[priority] ?? []];
    return lanes.flatMap((lane) => lane.map((waiting) => waiting.run));
  }

  get #open(): readonly Waiting[][] {
    return this.#slots.isOrdinaryFree ? this.#lanes : this.#lanes.slice(0, URGENT.length);
  }

  /** Part of p-queue's interface. A request's lane is what it is for, and that does not change. */
  setPriority(): never {
    throw new TypeError("a request does not change its lane");
  }
}

function arrivalOf(lane: readonly Waiting[]): number {
  return lane[0]?.arrival ?? Infinity;
}
