import type { Timing } from "../core/situation.ts";
import type { KubeClient } from "../kube/client.ts";
import type { EventRecorder } from "../kube/events.ts";
import type { KindRuntime, Kinds } from "./kind-runtime.ts";

/** What a reconcile works with. Time and randomness come in, so that nothing below reads a clock of its own. */
export interface Dependencies {
  readonly runtime: KindRuntime;
  readonly kinds: Kinds;
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly timing: Timing;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly wallClock: () => Date;
  /** In [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
}
