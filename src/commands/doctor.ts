import { ConfigError, readConfig } from "../config.ts";
import { examine } from "../doctor/examine.ts";
import { fault, type Finding, isHealthy } from "../doctor/finding.ts";
import { asJson, asText } from "../doctor/print.ts";
import { onTermination } from "../shutdown.ts";

const OUTPUT = /^--output(?:=(.*))?$/;
const FORMATS: ReadonlyMap<string, (findings: readonly Finding[]) => string> = new Map([
  ["text", asText],
  ["json", asJson],
]);

/** Tells a person what keeps the operator from its work, and what to do about it. Resolves to 1 where something does, else to 0. */
export async function doctor(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const { format, rest } = formatIn(args);
  const print = FORMATS.get(format);
  if (print === undefined)
    throw new ConfigError([`--output must be text or json, not "${format}"`]);
  const termination = onTermination();
  try {
    const findings = await findingsOf(rest, environment, termination.signal);
    process.stdout.write(print(findings));
    return isHealthy(findings) ? 0 : 1;
  } catch (error) {
    if (termination.signal.aborted) return 1;
    throw error;
  } finally {
    termination.dispose();
  }
}

async function findingsOf(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    const config = readConfig(args, environment, { token: false });
    // Nobody whom this process starts, such as a kubeconfig's plugin, is to inherit it.
    delete process.env["HPC_PARK_TOKEN"];
    return await examine(config, environment, signal);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const fix = "correct it; --help lists every option";
    return error.mistakes.map((mistake) => fault("configuration", mistake, fix));
  }
}

function formatIn(args: readonly string[]): { format: string; rest: readonly string[] } {
  const at = args.findIndex((arg) => OUTPUT.test(arg));
  if (at === -1) return { format: "text", rest: args };
  const inline = OUTPUT.exec(args[at] ?? "")?.[1];
  const taken = inline === undefined ? 2 : 1;
  return {
    format: inline ?? args[at + 1] ?? "",
    rest: args.filter((_, index) => index < at || index >= at + taken),
  };
}
