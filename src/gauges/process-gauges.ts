import type { Lease } from "../kube/lease.ts";
import type { RequestOutcome } from "../kube/transport.ts";
import type { Metrics } from "../metrics.ts";
import { COMPONENT } from "../system.ts";
import { VERSION } from "../version.ts";

export interface ProcessState {
  readonly isReady: boolean;
  /** Left out: the process leads without one. */
  readonly lease: Pick<Lease, "isHeld" | "renewalAgeMs" | "transitions"> | undefined;
}

export function gaugeProcess(metrics: Metrics, { isReady, lease }: ProcessState): void {
  metrics.buildInfo.set({ version: VERSION, node: process.versions.node }, 1);
  metrics.ready.set(isReady ? 1 : 0);
  metrics.leader.set({ name: COMPONENT }, lease === undefined || lease.isHeld() ? 1 : 0);
  metrics.leaseRenewalAge.remove();
  const { renewalAgeMs, transitions } = lease ?? {};
  if (renewalAgeMs !== undefined) metrics.leaseRenewalAge.set(renewalAgeMs / 1000);
  if (transitions !== undefined) metrics.leaseTransitions.set(transitions);
  for (const outcome of ["written", "repeated", "spared", "dropped", "failed"])
    metrics.events.inc({ outcome }, 0);
}

export function countKubeRequest(
  metrics: Metrics,
  { method, code, durationMs }: RequestOutcome,
): void {
  metrics.kubeRequests.inc({ method, code });
  metrics.kubeSeconds.observe({ method }, durationMs / 1000);
}
