import type { ConditionClaim, Reason } from "../api/conditions.ts";
import type { Asked } from "./asked.ts";
import type { Difference } from "./diff.ts";
import type { RemoteThing } from "./observation.ts";

/** The one thing to do now. */
export type Action =
  | { readonly do: "nothing" }
  /** The rules need an observation to go on. */
  | { readonly do: "observe" }
  /** Write the finalizer, before anything is changed remotely. */
  | { readonly do: "attach" }
  /** Write the journal, then send one create request. */
  | { readonly do: "create" }
  | {
      readonly do: "change";
      readonly id: string;
      readonly operation: string;
      readonly differences: readonly Difference[];
    }
  | { readonly do: "remove"; readonly ids: readonly string[] }
  /** Write down what became of what was asked for. */
  | { readonly do: "remember"; readonly asked: Asked }
  /** Forget what was asked for: it is done. */
  | { readonly do: "conclude" }
  /** Take the finalizer off: the remote thing is proven gone, or is to stay. */
  | { readonly do: "release" };

/** What an action asks for, the same for the same request. */
export function effortOf(action: Extract<Action, { do: "change" | "remove" }>): string {
  return JSON.stringify(action);
}

export interface Notice {
  readonly type: "Normal" | "Warning";
  readonly reason: Reason;
  readonly message: string;
}

export interface Decision {
  readonly action: Action;
  /** Conditions as they shall read; types left out stay as they are. */
  readonly claims: readonly ConditionClaim[];
  /** The thing that `status` mirrors; left out where nothing was seen. */
  readonly thing?: RemoteThing;
  /** The remote id is proven gone: `status` forgets what it mirrored. */
  readonly forgets?: true;
  /** When to look again unless something happens before. Left out: a change of the resource or of its remote thing is enough. */
  readonly requeueAfterMs?: number;
  /** Said beside the condition's own event, for what a person must not miss. */
  readonly notice?: Notice;
}

type Word = readonly [reason: Reason, message: string];

/** All is as the spec wants it. */
export function inSync(word: Word): ConditionClaim[] {
  return [
    claim("Ready", "True", word),
    claim("Synced", "True", ["ReconcileSuccess", "matches the spec"]),
  ];
}

/** On the way: nothing is wrong, it takes time. */
export function onTheWay(word: Word): ConditionClaim[] {
  return [
    claim("Ready", "False", word),
    claim("Synced", "True", ["ReconcileSuccess", "the change is under way"]),
    claim("Reconciling", "True", word),
  ];
}

/** Waiting for something that is expected to come by itself. */
export function waiting(word: Word, ready?: ConditionClaim): ConditionClaim[] {
  return [
    ready ?? claim("Ready", "False", word),
    claim("Synced", "False", word),
    claim("Reconciling", "True", word),
  ];
}

/** A human must change something; the message says what. */
export function stalled(word: Word, ready?: ConditionClaim): ConditionClaim[] {
  return [
    ready ?? claim("Ready", "False", word),
    claim("Synced", "False", word),
    claim("Stalled", "True", word),
  ];
}

export function claim(
  type: ConditionClaim["type"],
  status: ConditionClaim["status"],
  [reason, message]: Word,
): ConditionClaim {
  return { type, status, reason, message };
}
