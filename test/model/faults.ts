import type { Counts } from "./counts.ts";

export const REMOTE_TARGETS = ["POST", "PATCH", "DELETE", "GET", "LIST"] as const;
export type RemoteTarget = (typeof REMOTE_TARGETS)[number];

export const KUBE_TARGETS = ["journal", "attach", "release", "status", "confirm"] as const;
export type KubeTarget = (typeof KUBE_TARGETS)[number];

/** What can befall one request to HPC Park. */
export const REMOTE_FAULTS = [
  "never sent",
  "lost before its effect",
  "answer lost",
  "answer cut",
  "5xx after the work",
  "misleading refusal after the work",
  "garbled answer",
  "5xx before the work",
  "documented refusal",
  "late effect",
  "hidden at first",
  "slow answer",
  "waits for its turn",
  "delivered twice",
  "false 404",
  "crash as it leaves",
  "crash before its effect",
  "crash after its effect",
  "crash after its answer",
] as const;
export type RemoteFault = (typeof REMOTE_FAULTS)[number];

/** How a list can show something else than what is. */
export const LIST_FAULTS = ["stale list", "newest missing", "empty list", "half a list"] as const;
export type ListFault = (typeof LIST_FAULTS)[number];

/** What can befall one request to the API server. */
export const KUBE_FAULTS = [
  "conflict",
  "lost before its commit",
  "answer lost after its commit",
  "5xx without a commit",
  "crash before its commit",
  "crash after its commit",
  "crash after its answer",
] as const;
export type KubeFault = (typeof KUBE_FAULTS)[number];

/** What can befall every request to HPC Park for a while. */
export const OUTAGES = ["401", "403", "no answer", "502", "no connection"] as const;
export type Outage = (typeof OUTAGES)[number];

export interface Armed<Fault> {
  readonly fault: Fault;
  readonly ms: number;
}

/** What is going to go wrong: each armed fault meets the next request of its kind, once. */
export class Faults {
  readonly #remote = new Map<RemoteTarget, Armed<RemoteFault | ListFault>[]>();
  readonly #kube = new Map<KubeTarget, KubeFault[]>();
  readonly #counts: Counts;
  #outage: { readonly kind: Outage; readonly untilMs: number } | undefined;
  #lists: { readonly armed: Armed<ListFault>; readonly untilMs: number } | undefined;
  /** When a fault met a request last. */
  lastMs = -Infinity;

  constructor(counts: Counts) {
    this.#counts = counts;
  }

  armRemote(target: RemoteTarget, armed: Armed<RemoteFault | ListFault>): void {
    this.#remote.set(target, [...(this.#remote.get(target) ?? []), armed]);
  }

  armKube(target: KubeTarget, fault: KubeFault): void {
    this.#kube.set(target, [...(this.#kube.get(target) ?? []), fault]);
  }

  breakDown(kind: Outage, untilMs: number): void {
    this.#outage = { kind, untilMs };
  }

  /** Every list lies in this way until then. */
  lie(armed: Armed<ListFault>, untilMs: number): void {
    this.#lists = { armed, untilMs };
  }

  outageAt(nowMs: number): Outage | undefined {
    if (this.#outage === undefined || nowMs >= this.#outage.untilMs) return undefined;
    this.#happened(`fault/outage ${this.#outage.kind}`, nowMs);
    return this.#outage.kind;
  }

  forRemote(target: RemoteTarget, nowMs: number): Armed<RemoteFault | ListFault> | undefined {
    const armed = this.#remote.get(target)?.shift() ?? this.#lyingAt(target, nowMs);
    if (armed !== undefined) this.#happened(`fault/${target} ${armed.fault}`, nowMs);
    return armed;
  }

  forKube(target: KubeTarget, nowMs: number): KubeFault | undefined {
    const fault = this.#kube.get(target)?.shift();
    if (fault !== undefined) this.#happened(`fault/${target} ${fault}`, nowMs);
    return fault;
  }

  /** From now on everything works. */
  end(): void {
    this.#remote.clear();
    this.#kube.clear();
    this.#outage = undefined;
    this.#lists = undefined;
  }

  #lyingAt(target: RemoteTarget, nowMs: number): Armed<ListFault> | undefined {
    if (target !== "LIST" || this.#lists === undefined) return undefined;
    return nowMs < this.#lists.untilMs ? this.#lists.armed : undefined;
  }

  #happened(name: string, nowMs: number): void {
    this.lastMs = nowMs;
    this.#counts.add(name);
  }
}
