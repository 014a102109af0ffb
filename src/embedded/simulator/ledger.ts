import type { Clock } from "./clock.ts";
import type { Effect } from "./effect.ts";

export interface LedgerEntry {
  readonly seq: number;
  /** `panel`: a person's action, not a request. */
  readonly source: "api" | "panel";
  /** Arrival, in monotonic milliseconds, and as ISO 8601. */
  readonly inMs: number;
  readonly inAt: string;
  readonly method: string;
  readonly path: string;
  readonly operation: string;
  /** The header `x-client-id`, or the client's port. */
  readonly clientId: string;
  /** The header `traceparent`. */
  readonly traceParent?: string;
  /** The name, never the value; absent where nobody was authenticated. */
  readonly tokenName?: string;
  readonly body?: unknown;
  /** The kinds of the fault effects that were applied. */
  readonly faults: readonly string[];
  /** What the service decided; absent where no work was done. */
  readonly workStatus?: number;
  /** What went on the wire; absent where nothing did. */
  readonly status?: number;
  readonly outMs?: number;
  readonly outAt?: string;
  /** The connection ended before the whole answer was out. */
  readonly isUndelivered?: true;
  readonly effects: readonly Effect[];
}

export type NewEntry = Pick<
  LedgerEntry,
  "source" | "method" | "path" | "operation" | "clientId" | "faults" | "effects"
> & { readonly body?: unknown; readonly traceParent?: string };

/** What may be added to an entry after its request has come in. */
export type Addition = Partial<
  Pick<LedgerEntry, "tokenName" | "body" | "workStatus" | "status" | "isUndelivered" | "effects">
>;

/** About 100 MB: a day of a busy demo. */
const DEFAULT_CAPACITY = 200_000;

/**
 * The append-only record of every request. An entry is there from the moment its request comes in; facts are added to it,
 * none is taken back.
 */
export class Ledger {
  readonly #clock: Clock;
  readonly #capacity: number;
  #entries: LedgerEntry[] = [];
  #lastSeq = 0;
  #dropped = 0;

  constructor(clock: Clock, capacity: number = DEFAULT_CAPACITY) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  /** How many old entries without an effect had to go for want of room. */
  get dropped(): number {
    return this.#dropped;
  }

  open(entry: NewEntry): LedgerEntry {
    if (this.#entries.length >= this.#capacity) this.#makeRoom();
    this.#lastSeq += 1;
    const opened = { seq: this.#lastSeq, ...this.#moment("in"), ...entry };
    this.#entries.push(opened);
    return opened;
  }

  add(entry: LedgerEntry, facts: Addition): void {
    Object.assign(entry, facts);
  }

  /** The answer goes out, or will never go. The first call counts. */
  close(entry: LedgerEntry, facts: Addition): void {
    if (entry.outMs === undefined) Object.assign(entry, this.#moment("out"));
    Object.assign(entry, facts);
  }

  since(seq: number): readonly LedgerEntry[] {
    return this.#entries.filter((entry) => entry.seq > seq);
  }

  /** Of the older half only what did something is kept: the history of things stays complete. */
  #makeRoom(): void {
    const half = this.#entries.length / 2;
    const kept = this.#entries.filter(({ effects }, index) => index > half || effects.length > 0);
    this.#dropped += this.#entries.length - kept.length;
    this.#entries = kept;
  }

  #moment(end: "in"): Pick<LedgerEntry, "inMs" | "inAt">;
  #moment(end: "out"): Pick<LedgerEntry, "outMs" | "outAt">;
  #moment(end: "in" | "out"): object {
    const at = new Date(this.#clock.wall()).toISOString();
    return { [`${end}Ms`]: this.#clock.now(), [`${end}At`]: at };
  }
}
