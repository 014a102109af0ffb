import type { KubeObject, ResourceType } from "./kube-object.ts";

export const LEASES: ResourceType = {
  group: "coordination.k8s.io",
  version: "v1",
  plural: "leases",
  kind: "Lease",
};

export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export interface LeaseObject extends KubeObject {
  readonly spec?: LeaseSpec;
}

/** What a candidate writes: a renewal where the record before is its own, else a takeover, which is counted. */
export function recordAfter(
  before: LeaseSpec | undefined,
  changes: LeaseSpec,
  { identity, leaseDurationMs }: { identity: string; leaseDurationMs: number },
): LeaseSpec {
  const isOurs = before?.holderIdentity === identity;
  const time = microTime();
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.max(Math.ceil(leaseDurationMs / 1000), 1),
    acquireTime: isOurs ? (before.acquireTime ?? time) : time,
    renewTime: time,
    leaseTransitions: (before?.leaseTransitions ?? 0) + (before === undefined || isOurs ? 0 : 1),
    ...changes,
  };
}

/** V1MicroTime: RFC 3339 with six digits. */
function microTime(): string {
  return new Date().toISOString().replace("Z", "000Z");
}
