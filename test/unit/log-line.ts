import { createLogger } from "../../src/logger.ts";

/** The line that the logger writes of some fields. */
export function logged(fields: Record<string, unknown>): string {
  const lines: string[] = [];
  const logger = createLogger({
    level: "trace",
    isPretty: false,
    stream: { write: (line) => void lines.push(line) },
  });
  logger.error(fields, "failed");
  return lines.join("");
}
