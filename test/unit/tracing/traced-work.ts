import { startTracing, type Tracing } from "../../../src/tracing.ts";
import { type CollectedSpan, TraceCollector } from "../../trace-collector.ts";
import { onTestFinished, vi } from "vitest";

export const RECONCILE = { verb: "reconcile", kind: "HpcInstance", key: "team/trainer" };

export interface TracedWork {
  readonly tracing: Tracing;
  /** Ends tracing; returns all spans. */
  readonly end: () => Promise<readonly CollectedSpan[]>;
  readonly collector: TraceCollector;
}

/** Tracing to a collector of its own, for one test. */
export async function trace(): Promise<TracedWork> {
  const collector = await TraceCollector.start();
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await collector[Symbol.asyncDispose]();
  });
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url);
  const tracing = await startTracing(process.env, () => undefined);
  if (tracing === undefined) throw new Error("nothing is traced");
  const end = async (): Promise<readonly CollectedSpan[]> => {
    await tracing.close();
    return collector.spans;
  };
  return { tracing, end, collector };
}

/** The one span of that name. */
export function named(spans: readonly CollectedSpan[], name: string): CollectedSpan {
  const [span, ...others] = spans.filter((each) => each.name === name);
  if (span !== undefined && others.length === 0) return span;
  throw new Error(`not one "${name}" among ${spans.map((each) => each.name).join(", ")}`);
}
