import type { Stage } from "./cluster.ts";
import type { Contestant } from "./contestants.ts";
import type { Figures } from "./figures.ts";

/** What a scenario gets: the stage, who takes part, and where its figures go. */
export interface Bench {
  readonly stage: Stage;
  readonly operator: Contestant;
  /** The operator, the floor and the peers. */
  readonly contestants: readonly Contestant[];
  readonly figures: Figures;
  readonly runs: number;
  /** A hundredth of the size: to see whether the bench itself works. */
  readonly isSmall: boolean;
  readonly tell: (line: string) => void;
}

export type Scenario = (bench: Bench) => Promise<void>;
