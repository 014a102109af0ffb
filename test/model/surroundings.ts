import type { Counts } from "./counts.ts";
import type { Faults, RemoteTarget } from "./faults.ts";
import type { Invariants } from "./invariants.ts";
import type { ModelCluster } from "./model-cluster.ts";
import type { ModelPark } from "./model-park.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** Durations that the operator is run with, in milliseconds; the same ratios as its defaults, so that there are fewer looks. */
export const REQUEST_TIMEOUT_MS = 15_000;
export const QUIET_MS = 30_000;
export const ACTIVE_MS = 5_000;
export const REST_MS = 30_000;

/** What all parts of one lifecycle share. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly cluster: ModelCluster;
  readonly park: ModelPark;
  readonly faults: Faults;
  readonly invariants: Invariants;
  readonly counts: Counts;
  /** Ends the operator's process now; another one begins after `downMs`. */
  readonly crash: (downMs: number) => void;
  /** A request to HPC Park, by its method. */
  readonly sent: (target: RemoteTarget) => void;
  /** Writes a line of the history; the words are only made where somebody reads them. */
  readonly note: (words: () => string) => void;
}

/** The identity of one process of the operator; what reaches a dead one reaches nobody. */
export interface Process {
  readonly number: number;
  isDead: boolean;
}
