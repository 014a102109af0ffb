import type { Condition, ConditionClaim } from "../../../src/api/conditions.ts";
import { statusPatch } from "../../../src/controller/status-patch.ts";
import type { ManagedObject, ManagedStatus } from "../../../src/controller/managed-object.ts";
import type { Kstatus } from "./kstatus.ts";

/** What Argo CD shows of a resource. */
export type ArgoHealth = "Healthy" | "Progressing" | "Degraded" | "Suspended" | "Unknown";

/** A resource as the API server hands it out in one state, and what others are to take it for. */
export interface State {
  readonly what: string;
  /** Undefined where it is gone. */
  readonly object: ManagedObject | undefined;
  readonly kstatus: Kstatus;
  /** Argo CD asks of nothing that is gone. */
  readonly argo?: ArgoHealth;
}

/** What the CRD fills in before the operator has looked. */
const UNSEEN: ManagedStatus = { observedGeneration: -1 };
const AT = "2026-06-01T00:00:00Z";

export function objectWith(
  status: ManagedStatus | undefined,
  metadata: Partial<ManagedObject["metadata"]> = {},
): ManagedObject {
  return {
    apiVersion: "hpc-park.ru/v1alpha1",
    kind: "HpcInstance",
    metadata: { name: "train", uid: "uid-1", resourceVersion: "1", generation: 1, ...metadata },
    spec: {},
    ...(status === undefined ? {} : { status }),
  };
}

/** The resource after the operator has written what it claims, by the operator's own way of writing it. */
export function reported(
  claims: readonly ConditionClaim[],
  {
    conditions = [],
    ...metadata
  }: Partial<ManagedObject["metadata"]> & { readonly conditions?: readonly Condition[] } = {},
): ManagedObject {
  const before = conditions.length === 0 ? UNSEEN : { observedGeneration: 1, conditions };
  const object = objectWith(before, metadata);
  if (claims.length === 0) return object;
  const patch = statusPatch({ object, claims, statusId: Number, forgets: false, at: AT });
  return { ...object, status: { ...before, ...patch } };
}
