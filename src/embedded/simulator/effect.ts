/** What a piece of work did to what the service keeps; the ledger keeps it. */
export interface Effect {
  readonly what: "created" | "changed" | "deleted";
  readonly kind: string;
  readonly id: number | string;
  /** What carries the marker, as it is after the work: a label, or a description. */
  readonly label: string;
  /** Monotonic milliseconds. */
  readonly atMs: number;
  /** Where deleted: when it is really gone. */
  readonly goneAtMs?: number;
}
