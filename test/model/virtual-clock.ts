interface Event {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** 2026-01-01, in milliseconds: where the wall clock of every lifecycle begins. */
const WALL_START_MS = Date.UTC(2026, 0, 1);

/**
 * The time of one lifecycle. Nothing waits: time jumps from one event to the next, and events at the same time happen in the order
 * in which they were planned. The same plan gives the same lifecycle, on any machine.
 */
export class VirtualClock {
  #nowMs = 0;
  #planned = 0;
  readonly #heap: Event[] = [];

  /** Monotonic milliseconds. */
  readonly now = (): number => this.#nowMs;

  readonly wall = (): Date => new Date(WALL_START_MS + this.#nowMs);

  after(delayMs: number, run: () => void): void {
    this.at(this.#nowMs + delayMs, run);
  }

  /** Plans an event; one in the past happens next. */
  at(dueMs: number, run: () => void): void {
    this.#planned += 1;
    this.#heap.push({ dueMs: Math.max(dueMs, this.#nowMs), order: this.#planned, run });
    this.#rise(this.#heap.length - 1);
  }

  /** Lets the next event happen; false where none is planned. */
  step(): boolean {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return false;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink();
    }
    this.#nowMs = first.dueMs;
    first.run();
    return true;
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#isBefore(parent, index)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(child, index)) return;
      this.#swap(index, child);
      index = child;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined) return false;
    if (second === undefined) return true;
    return (
      first.dueMs < second.dueMs || (first.dueMs === second.dueMs && first.order < second.order)
    );
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}

/**
 * Resolves when all that was awaiting something has had its turn. A macrotask begins only once no microtask is left, so this is the
 * whole of the scheduler's part in promises: no real time is waited for.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
