import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from "pino";
import pretty from "pino-pretty";

/** Second net; the first is that errors are converted before they reach a logger. */
const SECRET_PATHS = [
  "token",
  "authorization",
  "*.token",
  "*.authorization",
  "*.headers",
  "*.*.headers",
];

export interface LoggerOptions {
  readonly level: string;
  /** For people on a terminal; machines get JSON. */
  readonly isPretty: boolean;
  /** Fields of every line, as they are when it is written. */
  readonly context?: () => object | undefined;
  /** Where lines go; standard output if left out. */
  readonly stream?: DestinationStream;
}

export function createLogger({ level, isPretty, context, stream }: LoggerOptions): Logger {
  const target =
    stream ?? (isPretty ? pretty({ colorize: true, ignore: "pid,hostname" }) : destination(1));
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths: SECRET_PATHS, censor: "[hidden]" },
      serializers: { err: plainError },
      ...(context === undefined ? {} : { mixin: () => context() ?? {} }),
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => withPlainErrors(fields),
      },
    },
    target,
  );
}

/** Deeper than any line that is written here; what lies deeper is left out. */
const MAX_DEPTH = 5;

/** Whatever name an Error is logged under, only these four fields of it are: libraries hang requests and headers on theirs. */
function withPlainErrors(fields: object, depth = 1): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]) => [name, plain(value, depth)]);
  return Object.fromEntries(entries);
}

function plain(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return plainError(value);
  if ("toJSON" in value) return value;
  if (depth >= MAX_DEPTH) return "[deeper]";
  return Array.isArray(value)
    ? value.map((item) => plain(item, depth + 1))
    : withPlainErrors(value, depth + 1);
}

function plainError(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const kind = "kind" in value && typeof value.kind === "string" ? value.kind : undefined;
  return { type: value.name, kind, message: value.message, stack: stackOf(value) };
}

/** Where it happened, without the message a second time; a KubeError or ProviderError says all in its message. */
function stackOf(error: Error): string | undefined {
  if ("kind" in error) return undefined;
  return error.stack?.split("\n").slice(1, 8).join("\n");
}
