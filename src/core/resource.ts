import type { Condition } from "../api/conditions.ts";
import type { Asked } from "./asked.ts";
import type { CredentialName } from "./credential.ts";
import type { Intent } from "./journal.ts";

/** What the rules need to know of a custom resource, whatever its kind. */
export interface Resource {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly marker: string;
  readonly isPaused: boolean;
  /** Its journal is of a newer version of the operator. */
  readonly isFromTheFuture: boolean;
  readonly isDeleting: boolean;
  readonly hasFinalizer: boolean;
  /** Finalizers of other controllers; the remote thing stays until they are off. */
  readonly otherFinalizers: readonly string[];
  readonly deletionPolicy: "Delete" | "Retain";
  /** While true, nothing of it is deleted on its way out. */
  readonly isProtected: boolean;
  readonly managementPolicy: "Full" | "ObserveOnly";
  readonly recreatePolicy: "Always" | "Never";
  /** The remote id that the user asked to take over. */
  readonly adoptId?: string;
  /** `status.id`: a cache of what the marker proves. */
  readonly recordedId?: string;
  /** The credential that last saw the recorded thing. */
  readonly seenWith?: CredentialName;
  /** What the user says is really gone: a remote id, or the name of a create request; see `lostSightOf`. */
  readonly acknowledgedGone?: string;
  readonly intent?: Intent;
  readonly asked?: Asked;
  readonly conditions: readonly Condition[];
}
