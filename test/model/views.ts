import type { ManagedObject } from "../../src/controller/managed-object.ts";

export interface Confirmation {
  /** Undefined where there was none of that name. */
  readonly object: ManagedObject | undefined;
  readonly atMs: number;
}

/** What one process of the operator has been shown. */
export interface ProcessView {
  /** When the latest list that was delivered began. */
  listBeganMs: number;
  /** When it was delivered, and what it showed without a marker of ours. */
  listDeliveredMs: number;
  unmarked: ReadonlySet<number>;
  /** Objects that it has read past its cache. */
  readonly confirmed: Map<string, Confirmation>;
  /** The last of each name that the watch told. */
  readonly told: Map<string, ManagedObject>;
}

/** The views of all processes, by their number. */
export class Views {
  readonly #views = new Map<number, ProcessView>();

  of(process: number): ProcessView {
    const view = this.#views.get(process) ?? {
      listBeganMs: -Infinity,
      listDeliveredMs: -Infinity,
      unmarked: new Set<number>(),
      confirmed: new Map<string, Confirmation>(),
      told: new Map<string, ManagedObject>(),
    };
    this.#views.set(process, view);
    return view;
  }
}
