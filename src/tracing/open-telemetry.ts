import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import type { InTrace, RequestTrace, SentRequest, TraceRequest } from "../core/tracing.ts";
import { cleanWords } from "../provider/words.ts";
import type { Tracing } from "../tracing.ts";
import { Collector } from "./collector.ts";
import type { Warn } from "./complaints.ts";
import { isContextSent, type Service } from "./environment.ts";

/** Work that is traced at the moment. */
interface Work {
  readonly span: Span;
  /** It has asked somebody, or failed, or the log names it; else nobody wants to know of it. */
  isOfNote: boolean;
  isOver: boolean;
}

/** Of the attributes that no convention has a name for. */
const PREFIX = "hpc_park_operator.";

/** Traces by OpenTelemetry: turns what the floors below tell into spans. */
export class OpenTelemetry implements Tracing {
  readonly #collector: Collector;
  readonly #tracer: Tracer;
  readonly #working = new AsyncLocalStorage<Work>();
  readonly #propagator = isContextSent() ? new W3CTraceContextPropagator() : undefined;

  /** @param now Monotonic milliseconds. */
  constructor(service: Service, warn: Warn, now: () => number) {
    this.#collector = new Collector(service, warn, now);
    this.#tracer = this.#collector.tracer;
  }

  readonly inTrace: InTrace = async ({ verb, kind, key }, work) => {
    const [namespace, name] = key?.split("/") ?? [];
    const attributes = {
      [`${PREFIX}controller`]: kind,
      ...(key === undefined ? {} : { "k8s.namespace.name": namespace, [`${PREFIX}name`]: name }),
    };
    const span = this.#tracer.startSpan(`${verb} ${kind}`, { attributes }, ROOT_CONTEXT);
    const current: Work = { span, isOfNote: false, isOver: false };
    try {
      return await this.#working.run(current, work);
    } catch (error) {
      this.#failIn(current, error);
      throw error;
    } finally {
      current.isOver = true;
      // A span that never ends is never sent.
      if (current.isOfNote) span.end();
    }
  };

  toProvider(provider: string): TraceRequest {
    const attributes = { [`${PREFIX}provider`]: provider };
    return (request) => this.#begin(request, this.#current, attributes);
  }

  readonly toApiServer: TraceRequest = (request) => {
    const current = this.#current;
    return current && this.#begin(request, current, {});
  };

  note(facts: Readonly<Record<string, string | number | undefined>>): void {
    const { span } = this.#current ?? {};
    for (const [name, value] of Object.entries(facts))
      if (value !== undefined) span?.setAttribute(`${PREFIX}${name}`, value);
  }

  fail(error: unknown): void {
    const current = this.#current;
    if (current !== undefined) this.#failIn(current, error);
  }

  ids(): { readonly traceId: string; readonly spanId: string } | undefined {
    const current = this.#current;
    if (current === undefined) return undefined;
    const { traceId, spanId, traceFlags } = current.span.spanContext();
    if ((traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
    current.isOfNote = true;
    return { traceId, spanId };
  }

  close(): Promise<void> {
    return this.#collector.close();
  }

  /** What goes on after the work that began it, such as a timer, is no part of it. */
  get #current(): Work | undefined {
    const work = this.#working.getStore();
    return work?.isOver === true ? undefined : work;
  }

  #contextOf(work: Work | undefined): Context {
    if (work === undefined) return ROOT_CONTEXT;
    work.isOfNote = true;
    return trace.setSpan(ROOT_CONTEXT, work.span);
  }

  #failIn(work: Work, error: unknown): void {
    work.isOfNote = true;
    const { kind, name }: ErrorFacts = Object(error);
    markFailed(work.span, kind ?? name, error);
  }

  #begin(
    { operation, method, url }: SentRequest,
    within: Work | undefined,
    more: Readonly<Record<string, string>>,
  ): RequestTrace {
    const context = this.#contextOf(within);
    const attributes = {
      "http.request.method": method,
      "server.address": url.hostname,
      "server.port": Number(url.port || (url.protocol === "https:" ? 443 : 80)),
      // Without the query.
      "url.path": url.pathname,
      ...more,
    };
    const span = this.#tracer.startSpan(operation, { kind: SpanKind.CLIENT, attributes }, context);
    const headers: Record<string, string> = {};
    this.#propagator?.inject(trace.setSpan(ROOT_CONTEXT, span), headers, defaultTextMapSetter);
    return { headers, end: (outcome) => endRequest(span, outcome) };
  }
}

interface ErrorFacts {
  readonly kind?: unknown;
  readonly code?: unknown;
  readonly name?: unknown;
}

/** A 404 says that something is not there, which is as good an answer as any; where it is none, there is an error as well. */
function endRequest(span: Span, { status, error }: Parameters<RequestTrace["end"]>[0]): void {
  if (status !== undefined) span.setAttribute("http.response.status_code", status);
  const { code, kind, name }: ErrorFacts = Object(error);
  const isRefused = status !== undefined && status >= 400;
  const type = isRefused ? String(status) : [code, kind, name].find(isText);
  if (error !== undefined || (isRefused && status !== 404)) markFailed(span, type, error);
  span.end();
}

/** Only the project's own errors, which have a kind, are known to hold no header and no body in their message. */
function markFailed(span: Span, type: unknown, error: unknown): void {
  span.setAttribute("error.type", isText(type) ? type : "_OTHER");
  const isOurs = error instanceof Error && "kind" in error;
  const message = isOurs ? { message: cleanWords(error.message) } : {};
  span.setStatus({ code: SpanStatusCode.ERROR, ...message });
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
