import { readFileSync } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type AgentOptions } from "node:https";
import { getNumberFromEnv, getStringFromEnv } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { Warn } from "./complaints.ts";

/** An exporter whose connections can be cut. */
export interface CuttableExporter {
  readonly exporter: SpanExporter;
  /** Ends what is under way: a collector that never comes to the end of its answer must not keep the process from ending. */
  cut(): void;
}

/**
 * Sends spans by OTLP over HTTP as the standard variables say.
 *
 * @param limitMs For one batch with all its tries; a longer time in the variables is cut to it.
 */
export function createExporter(limitMs: number, warn: Warn): CuttableExporter {
  const tls = tlsFromEnvironment(warn);
  const agents: HttpAgent[] = [];
  const exporter = new OTLPTraceExporter({
    timeoutMillis: Math.min(limitMs, timeoutFromEnvironment() ?? limitMs),
    httpAgentOptions: (protocol) => {
      const options = { keepAlive: true };
      const agent =
        protocol === "https:" ? new HttpsAgent({ ...options, ...tls }) : new HttpAgent(options);
      agents.push(agent);
      return agent;
    },
  });
  return {
    exporter,
    cut: () => {
      for (const agent of agents) agent.destroy();
    },
  };
}

function timeoutFromEnvironment(): number | undefined {
  return [variableOf("TIMEOUT"), "OTEL_EXPORTER_OTLP_TIMEOUT"]
    .map(getNumberFromEnv)
    .find((value) => value !== undefined && value > 0);
}

/** An agent of our own takes the place of the exporter's, which would read these. */
function tlsFromEnvironment(warn: Warn): AgentOptions {
  const files = { ca: "CERTIFICATE", cert: "CLIENT_CERTIFICATE", key: "CLIENT_KEY" };
  const entries = Object.entries(files).map(([option, name]) => [option, contentOf(name, warn)]);
  return Object.fromEntries(entries.filter(([, content]) => content !== undefined));
}

function contentOf(name: string, warn: Warn): Buffer | undefined {
  const path = getStringFromEnv(variableOf(name)) ?? getStringFromEnv(`OTEL_EXPORTER_OTLP_${name}`);
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch {
    warn(`OTEL_EXPORTER_OTLP_${name} names a file that cannot be read`, { path });
    return undefined;
  }
}

/** The name of a variable that is for traces alone, and goes before the one for all. */
function variableOf(name: string): string {
  return `OTEL_EXPORTER_OTLP_TRACES_${name}`;
}
