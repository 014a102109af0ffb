import type { Provider } from "./cloud.ts";
import type { World } from "./world.ts";

/** One piece of a user's life with the operator. */
export interface Scenario {
  readonly name: string;
  /** The one provider that it is about; left out, it is played with every provider. */
  readonly only?: Provider;
  /** Left out: HPC Park. */
  readonly provider?: Provider;
  /** Before the fault: what exists already, made by an operator that nothing disturbs. */
  readonly arrange?: (world: World) => Promise<void>;
  /** Whether what was arranged is there. */
  readonly isArranged?: (world: World) => Promise<boolean>;
  /** What the user, or a person in the panel, does. It is done once, whatever the operator suffers. */
  readonly act: (world: World) => Promise<void>;
  /** Whether everything is as it shall be. */
  readonly isDone: (world: World) => Promise<boolean>;
  /** It ends with the resource gone: a request that takes effect after the quiet time is then beyond the promise. */
  readonly endsGone?: true;
  /** What of this scenario must hold beside the invariants; what does not, each in a sentence. Asked when all is done. */
  readonly alsoViolated?: (world: World) => Promise<readonly string[]>;
  /** No plan may send more remote calls than this, each of which may take several; see `Reading.callsEach`. */
  readonly calls: number;
}
