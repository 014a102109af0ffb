import type { LeaseObject } from "./lease-record.ts";

/**
 * How long another's lease still holds. No clock of another machine is trusted: it has run out when its record has not changed for its
 * own duration, or ours if that is longer, on our own monotonic clock.
 */
export class RivalLease {
  readonly #ownDurationMs: number;
  readonly #now: () => number;
  #record: string | undefined;
  #changedMs = -Infinity;
  #durationMs = 0;
  #transitions: number | undefined;

  constructor(ownDurationMs: number, now: () => number) {
    this.#ownDurationMs = ownDurationMs;
    this.#now = now;
  }

  notice({ spec }: LeaseObject): void {
    this.#transitions = spec?.leaseTransitions;
    const record = JSON.stringify(spec ?? {});
    if (record === this.#record) return;
    this.#record = record;
    this.#changedMs = this.#now();
    this.#durationMs = Math.max((spec?.leaseDurationSeconds ?? 0) * 1000, this.#ownDurationMs);
  }

  /** How often it went from one to another, as it says itself. */
  get transitions(): number | undefined {
    return this.#transitions;
  }

  /** Of the record that was noticed last. */
  get hasRunOut(): boolean {
    return this.#now() > this.#changedMs + this.#durationMs;
  }

  /** Infinity where it has run out, or nothing was noticed: then there is nothing to wait for. */
  get runsOutInMs(): number {
    const leftMs = this.#changedMs + this.#durationMs - this.#now();
    return leftMs < 0 ? Infinity : leftMs + 1;
  }
}
