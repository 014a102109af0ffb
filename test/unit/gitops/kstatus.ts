/** What Flux, kpt and everybody else who waits by kstatus takes a resource for. */
export type Kstatus = "Current" | "InProgress" | "Failed" | "Terminating" | "NotFound";

/** What kstatus reads of a resource. */
export interface Readable {
  readonly metadata: { readonly generation?: number; readonly deletionTimestamp?: string };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/**
 * The rules of kstatus (sigs.k8s.io/cli-utils, pkg/kstatus/status: Compute, checkGenericProperties, checkGeneration, checkReadyCondition)
 * for a kind that it has no rules of its own for, in its order.
 *
 * @param resource Undefined where it is not there: the poller says NotFound.
 */
export function kstatusOf(resource: Readable | undefined): Kstatus {
  if (resource === undefined) return "NotFound";
  const { metadata, status = {} } = resource;
  if (metadata.deletionTimestamp !== undefined && metadata.deletionTimestamp !== "")
    return "Terminating";
  const { observedGeneration, conditions = [] } = status;
  const isCompared = metadata.generation !== undefined && observedGeneration !== undefined;
  if (isCompared && observedGeneration !== metadata.generation) return "InProgress";
  for (const condition of conditions) {
    if (condition.status !== "True") continue;
    if (condition.type === "Reconciling") return "InProgress";
    if (condition.type === "Stalled") return "Failed";
  }
  const ready = conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "False" || ready?.status === "Unknown") return "InProgress";
  // Also where there is no condition at all: kstatus takes what says nothing for done.
  return "Current";
}
