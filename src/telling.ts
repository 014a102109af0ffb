import type { Logger } from "pino";
import type { ToldAccount } from "./controller/account-controller.ts";
import type { Orphan, Told } from "./controller/controller.ts";
import { KubeError } from "./kube/errors.ts";
import type { Metrics } from "./metrics.ts";
import { SEVERITIES } from "./provider/hpc-park/contract-differences.ts";
import type { LiveDescription } from "./provider/hpc-park/live-description.ts";
import type { Tracing } from "./tracing.ts";

/** Says each reconcile once: in one log line, in the metrics, and in its trace where there is one. */
export class Telling {
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #tracing: Tracing | undefined;

  constructor(logger: Logger, metrics: Metrics, tracing?: Tracing) {
    this.#logger = logger;
    this.#metrics = metrics;
    this.#tracing = tracing;
  }

  tell(controller: string, told: Told): void {
    const { reconciles, reconcileSeconds, actions } = this.#metrics;
    const { outcome, error, durationMs } = told;
    const result = resultOf(told);
    reconciles.inc({ controller, result });
    reconcileSeconds.observe({ controller, result }, durationMs / 1000);
    this.#trace(told, result);
    const fields = { ...this.#fieldsOf(controller, told), durationMs: Math.round(durationMs) };
    if (error !== undefined) return this.#tellError(fields, error);
    if (outcome === undefined) return;
    const hasActed = outcome.action !== "nothing";
    if (hasActed && outcome.failure === undefined)
      actions.inc({ controller, action: outcome.action });
    if (outcome.notice?.reason === "DuplicateDeleted")
      this.#metrics.doublesRemoved.inc({ controller }, outcome.removed ?? 1);
    if (outcome.failure !== undefined)
      this.#logger.warn({ ...fields, err: outcome.failure }, "will retry");
    else if (hasActed) this.#logger.info(fields, "acted");
    else if (outcome.isWritten) this.#logger.info(fields, "status changed");
    else this.#logger.debug(fields, "nothing to do");
  }

  /** An account says what has changed in a line of its own. */
  tellAccount(controller: string, { durationMs, againMs, error }: ToldAccount): void {
    const { reconciles, reconcileSeconds } = this.#metrics;
    const again = againMs === undefined ? "success" : "requeue_after";
    const result = error === undefined ? again : "error";
    reconciles.inc({ controller, result });
    reconcileSeconds.observe({ controller, result }, durationMs / 1000);
    this.#tracing?.note({ result });
    if (error !== undefined) this.#tracing?.fail(error);
  }

  /** @param account Left out: the operator's own. */
  tellSuspicion(provider: string, suspicion: string | undefined, account?: string): void {
    const labels = account === undefined ? { provider } : { provider, account };
    if (suspicion === undefined) this.#logger.info(labels, "the account is trusted again");
    else
      this.#logger.error(
        { ...labels, suspicion },
        "the account is suspect: nothing is created or deleted",
      );
  }

  /** A difference that stops writes is an error: a person has to know. */
  tellDescription(
    from: { readonly provider: string; readonly server: string },
    { differences, paths, pages, offers }: LiveDescription,
  ): void {
    const counts = SEVERITIES.map((severity) => {
      const count = differences.filter((one) => one.severity === severity).length;
      this.#metrics.contractDifferences.set({ ...from, severity }, count);
      return count;
    });
    const [changed = 0, missing = 0] = counts;
    const level = changed > 0 ? "error" : missing > 0 ? "warn" : "info";
    this.#logger[level](
      { ...from, differences, paths, pages, offers },
      changed > 0
        ? "HPC Park describes requests otherwise than this version knows them: nothing is created or changed"
        : "read what HPC Park says of itself",
    );
  }

  tellTakenBack(controller: string, { key, what }: Orphan): void {
    const [namespace, name] = key.split("/");
    this.#metrics.actions.inc({ controller, action: "take back" });
    this.#logger.warn(
      { controller, namespace, name, externalId: what },
      "the resource was gone before its create request was answered; what was made has been deleted",
    );
  }

  /** Nobody will delete it any more, so a person has to know. */
  tellOrphan(controller: string, { key, what }: Orphan): void {
    this.#metrics.orphans.inc({ controller });
    const [namespace, name] = key.split("/");
    this.#logger.error(
      { controller, namespace, name, orphan: what },
      "the resource went although its remote thing was not seen to be gone: its finalizer was taken off by somebody else; delete the thing in the panel if it is still there",
    );
  }

  #trace({ reconcileID, outcome, error }: Told, result: string): void {
    const failure = error ?? outcome?.failure;
    this.#tracing?.note({
      reconcile_id: reconcileID,
      result,
      action: outcome?.action,
      reason: outcome?.claims[0]?.reason,
      external_id: outcome?.thing?.id,
    });
    if (failure !== undefined) this.#tracing?.fail(failure);
  }

  #fieldsOf(controller: string, { key, reconcileID, outcome }: Told): Record<string, unknown> {
    const [namespace, name] = key.split("/");
    return {
      controller,
      namespace,
      name,
      reconcileID,
      action: outcome?.action,
      externalId: outcome?.thing?.id,
      state: outcome?.thing?.state,
      reason: outcome?.claims[0]?.reason,
      requeueAfterMs: outcome?.requeueAfterMs,
    };
  }

  /** A conflict is the API server's way to say "read again"; everything else is worth a person's eye. */
  #tellError(fields: Record<string, unknown>, error: unknown): void {
    const isConflict = error instanceof KubeError && error.kind === "conflict";
    if (isConflict) this.#logger.debug({ ...fields, err: error }, "read again");
    else if (error instanceof KubeError) this.#logger.warn({ ...fields, err: error }, "will retry");
    else this.#logger.error({ ...fields, err: error }, "reconcile failed");
  }
}

function resultOf({ outcome, error }: Told): string {
  if (error !== undefined || outcome?.failure !== undefined) return "error";
  return outcome?.requeueAfterMs === undefined ? "success" : "requeue_after";
}
