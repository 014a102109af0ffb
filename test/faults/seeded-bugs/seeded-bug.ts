import type { Provider } from "../cloud.ts";
import type { Fault } from "../fault.ts";

export interface Edit {
  /** Below `src/`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A mistake that operators really make, put into a copy of ours; the suite must turn red over it. */
export type SeededBug = {
  readonly name: string;
  /** The one provider whose code it is in; left out, it shows with every provider. */
  readonly only?: Provider;
  readonly edits: readonly Edit[];
} & (
  | {
      /** The scenario that it shows in. */
      readonly scenario: string;
      /** The faults that may show it; left out where it shows undisturbed. */
      readonly shows?: (fault: Fault) => boolean;
    }
  | {
      /** How the names begin of the trials that it shows in. */
      readonly trials: readonly string[];
    }
);

export const answer =
  (...names: readonly string[]) =>
  (fault: Fault): boolean =>
    fault.type === "answer" && names.includes(fault.answer);

export const kill = (fault: Fault): boolean => fault.type === "kill";
