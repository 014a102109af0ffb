import { describe, expect, it } from "vitest";
import { ConfigError, describeOptions, readConfig } from "../../src/config.ts";

const TOKEN = { HPC_PARK_TOKEN: "secret-value" };

function mistakesOf(
  args: readonly string[],
  environment: Record<string, string>,
): readonly string[] {
  try {
    readConfig(args, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

describe("readConfig", () => {
  it("needs nothing but a token", () => {
    expect(readConfig([], TOKEN)).toMatchObject({
      hpcParkUrl: "https://api.hpc-park.ru",
      hpcParkToken: "secret-value",
      ownerId: undefined,
      watchNamespaces: [],
      pollIntervalMs: 30_000,
      activePollIntervalMs: 3_000,
      settleMs: 30_000,
      requestTimeoutMs: 15_000,
      leaderElection: true,
      logLevel: "info",
    });
  });

  it("lets a flag go before its environment variable, and that before the default", () => {
    const environment = { ...TOKEN, LOG_LEVEL: "warn", HEALTH_PORT: "9000" };
    expect(readConfig(["--log-level=debug"], environment)).toMatchObject({
      logLevel: "debug",
      healthPort: 9_000,
    });
  });

  it("takes a flag's value after a space too, and the last of several", () => {
    const args = ["--log-level", "warn", "--log-level", "debug"];
    expect(readConfig(args, TOKEN).logLevel).toBe("debug");
  });

  it("takes an empty variable for none", () => {
    expect(readConfig([], { ...TOKEN, LOG_LEVEL: "", OWNER_ID: "" })).toMatchObject({
      logLevel: "info",
      ownerId: undefined,
    });
  });

  it("counts seconds in milliseconds, fractions too", () => {
    const environment = { ...TOKEN, POLL_INTERVAL_SECONDS: "0.25", SETTLE_SECONDS: "90" };
    expect(readConfig([], environment)).toMatchObject({ pollIntervalMs: 250, settleMs: 90_000 });
  });

  it("has no flag for the token, which the whole machine could read", () => {
    expect(mistakesOf(["--hpc-park-token=x"], TOKEN)).toEqual(["unknown option --hpc-park-token"]);
    expect(describeOptions()).not.toContain("--hpc-park-token,");
  });

  it("wants no password in the URL, which is logged", () => {
    expect(mistakesOf([], { ...TOKEN, HPC_PARK_URL: "https://me:secret@park.example" })).toEqual([
      "HPC_PARK_URL must not hold a user name or a password",
    ]);
  });

  it("wants the times of the Lease in their order", () => {
    const environment = { ...TOKEN, LEASE_RENEW_DEADLINE_SECONDS: "20" };
    expect(mistakesOf([], environment)).toEqual([expect.stringContaining("must be less than")]);
  });

  it.each([
    ["/nowhere", /cannot be read/],
    [import.meta.filename, /holds none/],
  ])("wants certificates in %s", (path, says) => {
    expect(mistakesOf([], { ...TOKEN, HPC_PARK_CA_FILE: path })).toEqual([
      expect.stringMatching(says),
    ]);
  });

  it("looks after every provider unless it is told which", () => {
    expect(readConfig([], TOKEN).providers).toEqual(["hpc-park", "element"]);
    expect(
      readConfig([], { ...TOKEN, PROVIDERS: " element , hpc-park,element" }).providers,
    ).toEqual(["element", "hpc-park"]);
  });

  it("needs no token where HPC Park is none of its business", () => {
    expect(readConfig([], { PROVIDERS: "element" })).toMatchObject({
      providers: ["element"],
      hpcParkToken: undefined,
      elementAllowedUrls: ["https://1cmycloud.com"],
      elementRequestsPerSecond: 10,
    });
    expect(mistakesOf([], { PROVIDERS: "element,hpc-park" })).toEqual([
      expect.stringContaining("or leave hpc-park out of PROVIDERS"),
    ]);
  });

  it("reads where control panels may be", () => {
    const environment = { ...TOKEN, ELEMENT_ALLOWED_URLS: "https://a.example, http://b:8080" };
    expect(readConfig([], environment).elementAllowedUrls).toEqual([
      "https://a.example",
      "http://b:8080",
    ]);
  });

  it("reads a list of namespaces", () => {
    expect(readConfig([], { ...TOKEN, WATCH_NAMESPACES: " a, b,,c " }).watchNamespaces).toEqual([
      "a",
      "b",
      "c",
    ]);
  });

  it.each([
    ["HPC_PARK_URL", "ftp://x", /must be an http or https URL, not "ftp:\/\/x"/],
    ["HPC_PARK_URL", "api.hpc-park.ru", /must be an http or https URL/],
    ["LEADER_ELECTION", "yes", /must be true or false, not "yes"/],
    ["LOG_LEVEL", "loud", /must be one of trace, debug/],
    ["POLL_INTERVAL_SECONDS", "0", /must be a number from 0.01 to 3600/],
    ["POLL_INTERVAL_SECONDS", "-1", /must be a number/],
    ["POLL_INTERVAL_SECONDS", "soon", /must be a number/],
    ["SETTLE_SECONDS", "Infinity", /must be a number/],
    ["REQUEST_TIMEOUT_SECONDS", " ", /must be a number/],
    ["HEALTH_PORT", "65536", /must be a number from 0 to 65535/],
    ["HEALTH_PORT", "80.5", /must be a whole number/],
    ["MAX_CONCURRENT_RECONCILES", "0", /must be a number from 1/],
    ["HPC_PARK_REQUESTS_PER_SECOND", "0.5", /must be a number from 1/],
    ["OWNER_ID", " ", /must not be empty/],
    ["PROVIDERS", "hpc-park,azure", /must name some of hpc-park, element, not "hpc-park,azure"/],
    ["PROVIDERS", ",", /must name some of/],
    ["ELEMENT_ALLOWED_URLS", "https://a.example,b.example", /must be an http or https URL/],
    ["ELEMENT_ALLOWED_URLS", "https://me:secret@a.example", /must not hold a user name/],
    ["ELEMENT_REQUESTS_PER_SECOND", "0", /must be a number from 1 to 10000/],
    ["ELEMENT_CA_FILE", "/nowhere", /cannot be read/],
  ])("refuses %s=%s", (variable, value, message) => {
    const mistakes = mistakesOf([], { ...TOKEN, [variable]: value });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(message);
    expect(mistakes[0]).toMatch(new RegExp(`^${variable} `));
  });

  it("refuses an empty owner id, which every other cluster could have too", () => {
    expect(mistakesOf(["--owner-id="], TOKEN)).toEqual(["OWNER_ID must not be empty"]);
  });

  it("tells all mistakes at once, of the command line and of the environment", () => {
    const args = ["run", "--no-such", "--other=1", "--log-level=loud", "--health-port"];
    const mistakes = mistakesOf(args, { HPC_PARK_URL: "x", LEADER_ELECTION: "maybe" });
    expect(mistakes.map((mistake) => mistake.split(" ").slice(0, 3).join(" "))).toEqual([
      'unexpected argument "run"',
      "unknown option --no-such",
      "unknown option --other",
      "--health-port needs a",
      "HPC_PARK_URL must be",
      "LEADER_ELECTION must be",
      "LOG_LEVEL must be",
      "HPC_PARK_TOKEN_FILE or HPC_PARK_TOKEN",
    ]);
  });

  it("does not take the next flag for a value", () => {
    expect(mistakesOf(["--owner-id", "--log-level=info"], TOKEN)).toEqual([
      "--owner-id needs a value, as in --owner-id=…",
    ]);
    expect(readConfig(["--owner-id=--x"], TOKEN).ownerId).toBe("--x");
  });

  it("does not complain of a token that is given where another flag is wrong", () => {
    expect(mistakesOf(["--hpc-park-token-file=/token", "--no-such"], {})).toEqual([
      "unknown option --no-such",
    ]);
  });

  it("wants one token, not two", () => {
    expect(mistakesOf([], { ...TOKEN, HPC_PARK_TOKEN_FILE: "/token" })).toEqual([
      "HPC_PARK_TOKEN_FILE and HPC_PARK_TOKEN must not both be given",
    ]);
  });

  it("never repeats the token", () => {
    const mistakes = mistakesOf(["--log-level=loud"], { ...TOKEN, HPC_PARK_TOKEN_FILE: "/token" });
    expect(mistakes.join()).not.toContain("secret-value");
  });
});

describe("describeOptions", () => {
  it("has flag, variable, a sentence and the default of every option", () => {
    const help = describeOptions();
    const variables = [...help.matchAll(/, ([A-Z_]+)$/gm)].map(([, variable = ""]) => variable);
    expect(variables).toHaveLength(Object.keys(readConfig([], TOKEN)).length - 1);
    for (const variable of variables) {
      expect(help).toContain(`--${variable.toLowerCase().replaceAll("_", "-")}, ${variable}\n`);
    }
    expect(help).toContain("Where the HPC Park API is. Default: https://api.hpc-park.ru.");
    expect(help).not.toMatch(/undefined|Default: \./);
  });

  it("shows defaults that are good values", () => {
    const defaults = [...describeOptions().matchAll(/--([a-z-]+), .*\n.* Default: (\S+)\.$/gm)].map(
      ([, flag, value]) => `--${flag}=${value}`,
    );
    expect(defaults.length).toBeGreaterThan(10);
    expect(readConfig(defaults, TOKEN)).toEqual(readConfig([], TOKEN));
  });
});
