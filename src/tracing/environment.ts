import { getNumberFromEnv, getStringFromEnv, getStringListFromEnv } from "@opentelemetry/core";
import {
  defaultResource,
  detectResources,
  type Resource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  type BatchSpanProcessorOptions,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import type { Warn } from "./complaints.ts";

// What the SDK leaves to its user of the standard variables. The rest it reads from the environment of the process, and so does this file.

export interface Service {
  readonly name: string;
  readonly version: string;
}

/** What traces are of: the operator, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES say otherwise. */
export function resourceOf({ name, version }: Service): Resource {
  const detectors = [resourceAttributesEnvDetector, serviceNameEnvDetector];
  return defaultResource()
    .merge(resourceFromAttributes({ "service.name": name, "service.version": version }))
    .merge(detectResources({ detectors }));
}

const SAMPLERS = new Map<string, () => Sampler>([
  ["always_on", () => new AlwaysOnSampler()],
  ["always_off", () => new AlwaysOffSampler()],
  ["traceidratio", () => new TraceIdRatioBasedSampler(shareFromEnvironment())],
]);
const PARENT_BASED = "parentbased_";

/** Which traces are recorded: all of them by default. */
export function samplerFromEnvironment(warn: Warn): Sampler {
  const name = getStringFromEnv("OTEL_TRACES_SAMPLER")?.trim() ?? "parentbased_always_on";
  const create = SAMPLERS.get(name.replace(PARENT_BASED, ""));
  if (create === undefined) {
    warn("OTEL_TRACES_SAMPLER is not one of the standard samplers; all is traced", { name });
    return new AlwaysOnSampler();
  }
  return name.startsWith(PARENT_BASED) ? new ParentBasedSampler({ root: create() }) : create();
}

function shareFromEnvironment(): number {
  return getNumberFromEnv("OTEL_TRACES_SAMPLER_ARG") ?? 1;
}

const BATCHING = {
  maxQueueSize: "OTEL_BSP_MAX_QUEUE_SIZE",
  maxExportBatchSize: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
  scheduledDelayMillis: "OTEL_BSP_SCHEDULE_DELAY",
  exportTimeoutMillis: "OTEL_BSP_EXPORT_TIMEOUT",
} as const;

/** Timers take no more milliseconds. */
const MOST = 2 ** 31 - 1;

/** How spans are gathered before they are sent; what is left out is as the SDK has it. */
export function batchingFromEnvironment(warn: Warn): Omit<BatchSpanProcessorOptions, "exporter"> {
  const entries = Object.entries(BATCHING).map(([option, variable]) => {
    const value = getNumberFromEnv(variable);
    // Of a part of a span the SDK would make batches for ever.
    const isGood = Number.isInteger(value) && value !== undefined && value > 0 && value <= MOST;
    if (value === undefined || isGood) return [option, value] as const;
    warn(`${variable} must be a whole number from 1 to ${MOST}; the default holds`, {});
    return [option, undefined] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Whether requests say what they belong to: an administrator may not want a provider to see the ids of traces. */
export function isContextSent(): boolean {
  return getStringListFromEnv("OTEL_PROPAGATORS")?.includes("tracecontext") ?? true;
}
