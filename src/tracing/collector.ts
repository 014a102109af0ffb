import { diag, type DiagLogFunction, DiagLogLevel, type Tracer } from "@opentelemetry/api";
import { loggingErrorHandler, setGlobalErrorHandler } from "@opentelemetry/core";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { cleanWords } from "../provider/words.ts";
import { within } from "../shutdown.ts";
import { Complaints, type Warn } from "./complaints.ts";
import {
  batchingFromEnvironment,
  resourceOf,
  samplerFromEnvironment,
  type Service,
} from "./environment.ts";
import { createExporter, type CuttableExporter } from "./exporter.ts";

/** For one batch with all its tries, and so for the last words when the process ends. */
const LIMIT_MS = 3_000;

/** Takes spans and sends them beside the work, in batches, from a queue of bounded length. Whatever becomes of them, nothing waits for it. */
export class Collector {
  readonly tracer: Tracer;
  readonly #provider: TracerProvider;
  readonly #complaints: Complaints;
  readonly #sending: CuttableExporter;

  /** @param now Monotonic milliseconds. */
  constructor(service: Service, warn: Warn, now: () => number) {
    this.#complaints = new Complaints("traces could not be sent", warn, now);
    this.#listen(new Complaints("OpenTelemetry warns", warn, now));
    this.#sending = createExporter(LIMIT_MS, warn);
    const { exporter } = this.#sending;
    this.#provider = new TracerProvider({
      resource: resourceOf(service),
      sampler: samplerFromEnvironment(warn),
      spanProcessors: [new BatchSpanProcessor({ ...batchingFromEnvironment(warn), exporter })],
    });
    this.tracer = this.#provider.getTracer(service.name, service.version);
  }

  /** Sends what waits, and takes nothing more. Never rejects. */
  async close(): Promise<void> {
    const sent = this.#provider.shutdown().catch((error: unknown) => this.#complain(error));
    await within(LIMIT_MS, sent);
    this.#sending.cut();
    setGlobalErrorHandler(loggingErrorHandler());
    diag.disable();
  }

  /** The SDK has one place for its troubles and one for its remarks in the whole process. */
  #listen(remarks: Complaints): void {
    const remark: DiagLogFunction = (...words) =>
      remarks.add(cleanWords(words.filter((word) => typeof word === "string").join(" ")));
    const ignore: DiagLogFunction = () => undefined;
    const level = { error: remark, warn: remark, info: ignore, debug: ignore, verbose: ignore };
    diag.setLogger(level, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    setGlobalErrorHandler((error) => this.#complain(error));
  }

  /** An error of the exporter holds the collector's whole answer, so only its code and its message are told. */
  #complain(error: unknown): void {
    const { code, message }: { code?: unknown; message?: unknown } = Object(error);
    const words = [code, message].filter((word) => word !== undefined && word !== "");
    this.#complaints.add(cleanWords(words.length === 0 ? String(error) : words.join(" ")));
  }
}
