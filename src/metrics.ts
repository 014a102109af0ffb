import { collectDefaultMetrics, Registry } from "prom-client";
import { accountMetrics } from "./metrics/account-metrics.ts";
import { Instruments } from "./metrics/instruments.ts";
import { processMetrics } from "./metrics/process-metrics.ts";
import { providerMetrics } from "./metrics/provider-metrics.ts";
import { reconcileMetrics } from "./metrics/reconcile-metrics.ts";
import { resourceMetrics } from "./metrics/resource-metrics.ts";

/** At prom-client's own 10 ms the delay of the event loop costs a third of a percent of a core to measure; at rest that is all there is. */
const LOOP_DELAY_STEP_MS = 100;

/** All metrics of the process, with bounded labels. Names and units follow Prometheus; controller-runtime's where it has one. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_DELAY_STEP_MS });
  const make = new Instruments(registry);
  return {
    ...resourceMetrics(make),
    ...reconcileMetrics(make),
    ...providerMetrics(make),
    ...accountMetrics(make),
    ...processMetrics(make),
    registry,
    /** The operator's own, in the order above; prom-client's are not among them. */
    described: make.described,
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
