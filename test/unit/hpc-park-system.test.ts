import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { createLogger } from "../../src/logger.ts";
import { createMetrics } from "../../src/metrics.ts";
import { accountOptions, createAccount } from "../../src/hpc-park-system.ts";
import { isReadableOnTheWay } from "../../src/system.ts";

describe("a URL over which the token can be read on the way", () => {
  it.each(["http://hpc-park.ru", "http://10.0.0.1:80/api", "http://localhost.evil.example"])(
    "%s",
    (url) => expect(isReadableOnTheWay(url)).toBe(true),
  );

  it.each(["https://hpc-park.ru", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"])(
    "is not %s",
    (url) => expect(isReadableOnTheWay(url)).toBe(false),
  );
});

describe("createAccount", () => {
  /** What is logged at the start of an operator whose HPC Park is there. */
  function loggedAtStart(url: string): string {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ level: "info", isPretty: false, stream });
    const config = readConfig([], { HPC_PARK_TOKEN: "secret-value", HPC_PARK_URL: url });
    const surroundings = { config, logger, metrics: createMetrics(), signal: AbortSignal.abort() };
    const options = accountOptions(
      surroundings,
      () => undefined,
      () => undefined,
    );
    createAccount(surroundings, options).close();
    return lines.join("");
  }

  it("warns where the token travels without TLS, and does not show it", () => {
    const log = loggedAtStart("http://park.example");

    expect(JSON.parse(log)).toMatchObject({
      level: "warn",
      url: "http://park.example",
      msg: expect.stringContaining("without TLS"),
    });
    expect(log).not.toContain("secret-value");
  });

  it.each(["https://park.example", "http://127.0.0.1:8080"])("says nothing of %s", (url) => {
    expect(loggedAtStart(url)).toBe("");
  });
});
