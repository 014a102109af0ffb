import { readConfig } from "../config.ts";
import { createLogger } from "../logger.ts";
import { Operator } from "../operator.ts";
import { onTermination } from "../shutdown.ts";
import { startTracing, type Tracing } from "../tracing.ts";

/** Works as the operator until SIGTERM or SIGINT, or until the lease is lost. Resolves to the exit code. */
export async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const config = readConfig(args, environment);
  // Nobody whom this process starts, such as a kubeconfig's plugin, is to inherit it.
  delete process.env["HPC_PARK_TOKEN"];
  let tracing: Tracing | undefined;
  const context = (): object | undefined => tracing?.ids();
  const logger = createLogger({
    level: config.logLevel,
    isPretty: process.stdout.isTTY,
    context,
  });
  const termination = onTermination();
  try {
    tracing = await startTracing(environment, (level, message, fields) =>
      logger[level](fields, message),
    );
    const operator = new Operator(config, logger, tracing);
    return await operator.run(termination.signal);
  } catch (error) {
    if (termination.signal.aborted) return 0;
    logger.fatal({ err: error }, "the operator cannot work");
    return 1;
  } finally {
    await tracing?.close();
    termination.dispose();
  }
}
