import type { InTrace, TraceRequest } from "./core/tracing.ts";
import type { ReflectorLog } from "./kube/reflector.ts";
import { COMPONENT, now } from "./system.ts";
import type { Warn } from "./tracing/complaints.ts";
import { VERSION } from "./version.ts";

/** What is traced, and where that goes. */
export interface Tracing {
  readonly inTrace: InTrace;
  /** For requests to a provider. */
  toProvider(provider: string): TraceRequest;
  /** For requests to the API server: only those are traced that are a part of other work, which leaves watches and the lease out. */
  readonly toApiServer: TraceRequest;
  /** Adds to the work that is traced at the moment. Never a secret. */
  note(facts: Readonly<Record<string, string | number | undefined>>): void;
  /** The work that is traced at the moment has failed. */
  fail(error: unknown): void;
  /** Of the work that is traced at the moment, for a line of the log: what a line names is sure to be told. */
  ids(): { readonly traceId: string; readonly spanId: string } | undefined;
  /** Tells what is not told yet, within a few seconds. Never rejects. */
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Traces go where the standard variables of OpenTelemetry say; without them nothing of it is loaded.
 *
 * @returns undefined where nothing is to be traced.
 */
export async function startTracing(
  environment: Environment,
  log: ReflectorLog,
): Promise<Tracing | undefined> {
  const endpoint = endpointIn(environment);
  if (endpoint === undefined) return undefined;
  const url = URL.parse(endpoint.value);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    log("warn", `${endpoint.variable} must be an http or https URL; nothing is traced`, {});
    return undefined;
  }
  try {
    const { OpenTelemetry } = await import("./tracing/open-telemetry.ts");
    const service = { name: COMPONENT, version: VERSION };
    const warn: Warn = (message, fields) => log("warn", message, fields);
    const tracing = new OpenTelemetry(service, warn, now);
    // The rest of the URL may hold a password.
    log("info", "traces are sent", { server: url.origin });
    return tracing;
  } catch (error) {
    // Such as where the bundle was copied without the file beside it. The work needs no traces.
    log("warn", "tracing cannot start; nothing is traced", { err: error });
    return undefined;
  }
}

/** Where traces are to go; undefined where there are to be none. */
function endpointIn(
  environment: Environment,
): { readonly variable: string; readonly value: string } | undefined {
  const read = (variable: string): string => environment[variable]?.trim() ?? "";
  const exporters = read("OTEL_TRACES_EXPORTER");
  const isOtlp = exporters === "" || exporters.split(",").some((name) => name.trim() === "otlp");
  if (!isOtlp || read("OTEL_SDK_DISABLED").toLowerCase() === "true") return undefined;
  return ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]
    .map((variable) => ({ variable, value: read(variable) }))
    .find(({ value }) => value !== "");
}
