import { parseArgs } from "node:util";
import { type Config, flagOf, HPC_PARK, optionNames, OPTIONS } from "./config-options.ts";

export type { Config } from "./config-options.ts";

/** Every mistake of a command line and an environment, told at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join("\n"));
    this.mistakes = mistakes;
  }
}

/**
 * Reads the configuration; a flag goes before its environment variable, an empty variable counts as absent.
 *
 * @param needs What must be given although it has no default.
 * @throws ConfigError with all mistakes.
 */
export function readConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  needs: { readonly token: boolean } = { token: true },
): Config {
  const mistakes: string[] = [];
  const flags = readFlags(args, mistakes);
  const read = <Name extends keyof Config>(name: Name): Config[Name] | undefined => {
    const option = OPTIONS[name];
    const value =
      (option.isSecret ? undefined : flags[flagOf(option.variable)]) ??
      (environment[option.variable] || undefined) ??
      option.default;
    if (value === undefined) return undefined;
    try {
      return option.parse(value);
    } catch (error) {
      mistakes.push(`${option.variable} ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const entries = optionNames().map((name) => [name, read(name)] as const);
  const config = Object.fromEntries(entries);
  mistakes.push(...mistakesTogether(config, needs.token));
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  // Every option without a default admits undefined, and every other one was parsed or is a mistake above.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return config as unknown as Config;
}

/** Mistakes that only several options together make. */
function mistakesTogether(
  config: Readonly<Record<string, unknown>>,
  needsToken: boolean,
): string[] {
  const mistakes: string[] = [];
  const hasToken = config["hpcParkToken"] !== undefined || config["hpcParkTokenFile"] !== undefined;
  const { providers } = config;
  const usesHpcPark = !Array.isArray(providers) || providers.includes(HPC_PARK);
  if (needsToken && usesHpcPark && !hasToken) {
    mistakes.push(
      "HPC_PARK_TOKEN_FILE or HPC_PARK_TOKEN must be given: the token from the HPC Park panel; or leave hpc-park out of PROVIDERS",
    );
  }
  if (config["hpcParkToken"] !== undefined && config["hpcParkTokenFile"] !== undefined) {
    mistakes.push("HPC_PARK_TOKEN_FILE and HPC_PARK_TOKEN must not both be given");
  }
  if (
    !isAscending([
      config["leaseRetryMs"],
      config["leaseRenewDeadlineMs"],
      config["leaseDurationMs"],
    ])
  )
    mistakes.push(
      "LEASE_RETRY_SECONDS must be less than LEASE_RENEW_DEADLINE_SECONDS, and that less than LEASE_DURATION_SECONDS",
    );
  return mistakes;
}

/** What could not be read is a mistake already. */
function isAscending(values: readonly unknown[]): boolean {
  return values.every((value, index) => {
    const next = values[index + 1];
    return typeof value !== "number" || typeof next !== "number" || value < next;
  });
}

/** The table as text for `--help`. */
export function describeOptions(): string {
  return optionNames()
    .map((name) => {
      const { variable, says, default: standard, isSecret } = OPTIONS[name];
      const suffix = standard === undefined || standard === "" ? "" : ` Default: ${standard}.`;
      const flag = isSecret ? "" : `--${flagOf(variable)}, `;
      return `  ${flag}${variable}\n      ${says}${suffix}`;
    })
    .join("\n");
}

function readFlags(
  args: readonly string[],
  mistakes: string[],
): Record<string, string | undefined> {
  const options = Object.fromEntries(
    optionNames()
      .filter((name) => !OPTIONS[name].isSecret)
      .map((name) => [flagOf(OPTIONS[name].variable), { type: "string" as const }]),
  );
  // Not strict: that would stop at the first mistake, and drop the flags that are right.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const values: Record<string, string> = {};
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") mistakes.push(`unexpected argument "${token.value}"`);
    else if (!Object.hasOwn(options, token.name)) mistakes.push(`unknown option ${token.rawName}`);
    else if (token.value === undefined || (!token.inlineValue && token.value.startsWith("-")))
      mistakes.push(`${token.rawName} needs a value, as in ${token.rawName}=…`);
    else values[token.name] = token.value;
  }
  return values;
}
