import * as fc from "fast-check";
import {
  KUBE_FAULTS,
  KUBE_TARGETS,
  type KubeFault,
  type KubeTarget,
  LIST_FAULTS,
  type ListFault,
  type Outage,
  OUTAGES,
  REMOTE_FAULTS,
  REMOTE_TARGETS,
  type RemoteFault,
  type RemoteTarget,
} from "./faults.ts";
import { type Name, NAMES } from "./names.ts";

/** What a person does in the cluster. */
export const USER_DEEDS = [
  "apply",
  "apply with the journal of old",
  "delete",
  "delete and apply again",
  "resize",
  "switch off",
  "switch on",
  "pause",
  "unpause",
  "retain",
  "do not retain",
  "protect",
  "do not protect",
  "observe only",
  "manage fully",
  "never recreate",
  "replace whole",
  "take all finalizers off",
  "let another finalizer hold",
  "let go of the other finalizer",
  "lose the status",
  "forge the status",
  "ask for a look",
] as const;
export type UserDeed = (typeof USER_DEEDS)[number];

/** What a person does in HPC Park's panel. */
export const PANEL_DEEDS = [
  "delete",
  "rename",
  "take the marker off",
  "put the marker back",
  "resize",
  "switch off",
  "break",
  "mend",
] as const;
export type PanelDeed = (typeof PANEL_DEEDS)[number];

export type Event =
  | { readonly by: "user"; readonly does: UserDeed; readonly to: Name }
  | { readonly by: "panel"; readonly does: PanelDeed; readonly to: Name }
  | { readonly by: "crash"; readonly ms: number }
  | { readonly by: "silent watch"; readonly ms: number; readonly ending: "goes on" | "relists" }
  | { readonly by: "outage"; readonly kind: Outage; readonly ms: number }
  | { readonly by: "lying lists"; readonly fault: ListFault; readonly ms: number }
  | {
      readonly by: "remote fault";
      readonly target: RemoteTarget;
      readonly fault: RemoteFault | ListFault;
      readonly ms: number;
    }
  | {
      readonly by: "kube fault";
      readonly target: KubeTarget;
      readonly fault: KubeFault;
    };

export interface Step {
  readonly afterMs: number;
  readonly event: Event;
}

export interface Script {
  /** Other resources' things are in the account, so that the breaker has something to compare. */
  readonly hasCrowd: boolean;
  readonly steps: readonly Step[];
}

/** Within a request, within an active interval, within the quiet time, beyond it. */
const waits = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 60 }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 6_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 35_000 }) },
);
const delays = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.integer({ min: 0, max: 20_000 }),
  fc.integer({ min: 15_000, max: 90_000 }),
);
const names = fc.oneof(
  { weight: 7, arbitrary: fc.constant<Name>("a") },
  { weight: 2, arbitrary: fc.constantFrom(...NAMES) },
);
const createTroubles = fc.constantFrom(...REMOTE_FAULTS);

/** Deeds that begin or end something come up more often than those that decorate. */
const userDeeds = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<UserDeed>("delete", "delete and apply again", "apply") },
  { weight: 4, arbitrary: fc.constantFrom(...USER_DEEDS) },
);

const events: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ by: fc.constant("user"), does: userDeeds, to: names } as const),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      by: fc.constant("panel"),
      does: fc.constantFrom(...PANEL_DEEDS),
      to: names,
    } as const),
  },
  { weight: 2, arbitrary: fc.record({ by: fc.constant("crash"), ms: delays } as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      by: fc.constant("silent watch"),
      ms: delays,
      ending: fc.constantFrom("goes on", "relists"),
    } as const),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      by: fc.constant("outage"),
      kind: fc.constantFrom(...OUTAGES),
      ms: delays,
    } as const),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      by: fc.constant("lying lists"),
      fault: fc.constantFrom(...LIST_FAULTS),
      ms: delays,
    } as const),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      by: fc.constant("remote fault"),
      target: fc.constant("POST"),
      fault: createTroubles,
      ms: delays,
    } as const),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      by: fc.constant("remote fault"),
      target: fc.constantFrom(...REMOTE_TARGETS),
      fault: createTroubles,
      ms: delays,
    } as const),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      by: fc.constant("remote fault"),
      target: fc.constant("GET"),
      fault: fc.constant("false 404"),
      ms: fc.constant(0),
    } as const),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      by: fc.constant("remote fault"),
      target: fc.constant("LIST"),
      fault: fc.constantFrom(...LIST_FAULTS),
      ms: delays,
    } as const),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      by: fc.constant("kube fault"),
      target: fc.constantFrom(...KUBE_TARGETS),
      fault: fc.constantFrom(...KUBE_FAULTS),
    } as const),
  },
);

const MOST_STEPS = 12;

export const scripts: fc.Arbitrary<Script> = fc.record({
  hasCrowd: fc.oneof(
    { weight: 7, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  steps: fc.array(fc.record({ afterMs: waits, event: events }), {
    minLength: 1,
    maxLength: MOST_STEPS,
    size: "max",
  }),
});

/** An event as a person would tell it. */
export function words(event: Event): string {
  switch (event.by) {
    case "user":
      return `user: ${event.does} (${event.to})`;
    case "panel":
      return `panel: ${event.does} (${event.to})`;
    case "crash":
      return `the operator crashes, and is back after ${event.ms} ms`;
    case "silent watch":
      return `the watch is silent for ${event.ms} ms, then ${event.ending}`;
    case "outage":
      return `HPC Park: ${event.kind}, for ${event.ms} ms`;
    case "lying lists":
      return `lists lie for ${event.ms} ms: ${event.fault}`;
    case "remote fault":
      return `the next ${event.target}: ${event.fault} (${event.ms} ms)`;
    case "kube fault":
      return `the next ${event.target} at the API server: ${event.fault}`;
  }
}
