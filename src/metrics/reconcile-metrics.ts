import type { Instruments } from "./instruments.ts";

/** A key may wait for its turn behind ten thousand others, or behind a pause that a provider asked for. */
const QUEUE_SECONDS = [0.001, 0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900];

/** What the controllers do. Names are controller-runtime's and client-go's where they have one. */
export function reconcileMetrics(make: Instruments) {
  const queue = ["name"] as const;
  return {
    reconciles: make.counter(
      "controller_runtime_reconcile_total",
      "Reconciles by kind and result.",
      ["controller", "result"],
    ),
    reconcileSeconds: make.histogram(
      "controller_runtime_reconcile_time_seconds",
      "How long a reconcile took, by kind and result.",
      ["controller", "result"],
    ),
    actions: make.counter(
      "hpc_park_operator_actions_total",
      "What was done about resources: create, change, remove, attach, release.",
      ["controller", "action"],
    ),
    queueDepth: make.gauge("workqueue_depth", "Keys that wait for a worker.", queue),
    queueAdds: make.counter("workqueue_adds_total", "Keys that came into the queue.", queue),
    queueRetries: make.counter(
      "workqueue_retries_total",
      "Keys that were put back for a while after a failure.",
      queue,
    ),
    queueSeconds: make.histogram(
      "workqueue_queue_duration_seconds",
      "How long a key waited for a worker.",
      queue,
      QUEUE_SECONDS,
    ),
    workSeconds: make.histogram(
      "workqueue_work_duration_seconds",
      "How long a worker had a key.",
      queue,
      QUEUE_SECONDS,
    ),
    unfinishedSeconds: make.gauge(
      "workqueue_unfinished_work_seconds",
      "How long the keys that workers have now have been with them, all together.",
      queue,
    ),
    longestSeconds: make.gauge(
      "workqueue_longest_running_processor_seconds",
      "How long the worker that has been at its key for longest has had it.",
      queue,
    ),
  };
}
