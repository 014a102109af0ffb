import type { Reason } from "../api/conditions.ts";
import type { CredentialName } from "./credential.ts";
import type { Fields } from "./diff.ts";
import type { Sealed } from "./sealed.ts";

/**
 * Where a remote thing stands:
 * `settled` at rest and changeable; `busy` on the way; `deleting` on the way out; `failed` at rest and broken;
 * `unknown` a state this version has no word for, so nothing is done to it.
 */
export type Phase = "settled" | "busy" | "deleting" | "failed" | "unknown";

/** An operation that failed after it had been accepted. */
export interface Setback {
  /** What failed, and what is not to be done without it. */
  readonly operations: readonly string[];
  readonly reason: Reason;
  /** What became of it, in the provider's own words, and what a person can do. */
  readonly message: string;
}

/** A remote thing as the operator understands it, whatever the provider. */
export interface RemoteThing {
  readonly id: string;
  /** The whole remote label, marker included. */
  readonly label: string;
  /** The provider's own word. */
  readonly state: string;
  readonly phase: Phase;
  /** What a person should read about the state. For `failed` it carries the provider's own message. */
  readonly headline: { readonly reason: Reason; readonly message: string };
  /** The things that use this one; it is not deleted while there are any. */
  readonly usedBy: readonly string[];
  /** What can be compared with the spec. A field the provider did not send is left out. */
  readonly fields: Fields;
  /** What is mirrored into `status`. */
  readonly status: Readonly<Record<string, unknown>>;
  /** When it comes to its end by itself, in milliseconds of the wall clock. */
  readonly endsAtMs?: number;
  /** What was asked for last has come to nothing, and the thing is as it was before. */
  readonly setback?: Setback;
  /** What the provider shows in the answer to a create request and never again. */
  readonly once?: Sealed;
}

/** Nothing is on its way. */
export function isAtRest({ phase }: Pick<RemoteThing, "phase">): boolean {
  return phase === "settled" || phase === "failed";
}

/** What one look found. Only complete looks count: a list that may be partial is an error, never an observation. */
export interface Observation {
  /** When the request of the list that was used began, in monotonic milliseconds. */
  readonly lookedAtMs: number;
  /** What it was seen with; another credential may see other things. */
  readonly credential: CredentialName;
  /** Every thing that bears the resource's marker, lowest id first. */
  readonly marked: readonly RemoteThing[];
  /** The thing with the id in `status` or in `spec.adopt`, whatever its marker. */
  readonly named?: RemoteThing;
  /** The list has the named thing; where it lacks it, a GET has found it. */
  readonly isNamedListed: boolean;
  /**
   * The named id answered 404 and was missing in a complete list begun after that; true as well where no id is known. False where the
   * list shows something with the marker that a GET does not.
   */
  readonly isNamedGone: boolean;
  /** The list shows something with the marker that a GET does not: it may be coming, or going, or one of the two is wrong. */
  readonly isAnyDenied?: boolean;
}
