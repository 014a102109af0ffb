import { median, quantile } from "./statistics.ts";

export interface Figure {
  /** What was measured, with its unit. */
  readonly measure: string;
  readonly contestant: string;
  readonly values: readonly number[];
}

/** Everything that was measured in one run of the bench: several values of each measure for each contestant. */
export class Figures {
  readonly #values = new Map<string, Map<string, number[]>>();

  add(measure: string, contestant: string, ...values: readonly number[]): void {
    const byContestant = this.#values.get(measure) ?? new Map<string, number[]>();
    this.#values.set(measure, byContestant);
    byContestant.set(contestant, [...(byContestant.get(contestant) ?? []), ...values]);
  }

  /** NaN where it was not measured. */
  median(measure: string, contestant = "operator"): number {
    return median(this.#of(measure, contestant));
  }

  quantile(share: number, measure: string, contestant = "operator"): number {
    return quantile(this.#of(measure, contestant), share);
  }

  max(measure: string, contestant = "operator"): number {
    return this.quantile(1, measure, contestant);
  }

  /** The contestants other than the operator and the floor that have this measure. */
  peers(measure: string): readonly string[] {
    const own = new Set(["operator", "floor"]);
    return [...(this.#values.get(measure)?.keys() ?? [])].filter((name) => !own.has(name));
  }

  get all(): readonly Figure[] {
    return [...this.#values].flatMap(([measure, byContestant]) =>
      [...byContestant].map(([contestant, values]) => ({ measure, contestant, values })),
    );
  }

  #of(measure: string, contestant: string): readonly number[] {
    return this.#values.get(measure)?.get(contestant) ?? [];
  }
}
