import { doctor } from "./commands/doctor.ts";
import { run } from "./commands/run.ts";
import { ConfigError, describeOptions } from "./config.ts";

const OLDEST_NODE_MAJOR = 24;
/** The exit code of a command line that makes no sense. */
const EXIT_USAGE = 2;

const USAGE = `Usage: node src/main.ts <command> [options]

Commands:
  run     work as the operator until SIGTERM
  doctor  tell what keeps the operator from its work, and what to do about it; --output json for programs

Options of both, each as a flag or as an environment variable:
${describeOptions()}
`;

async function main([command, ...args]: readonly string[]): Promise<number> {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE_MAJOR) {
    process.stderr.write(
      `Node ${OLDEST_NODE_MAJOR} or newer is needed; this is ${process.version}\n`,
    );
    return 1;
  }
  if (command === undefined || command === "help" || [command, ...args].includes("--help")) {
    process.stdout.write(USAGE);
    return 0;
  }
  switch (command) {
    case "run":
      return run(args, process.env);
    case "doctor":
      return doctor(args, process.env);
    default:
      process.stderr.write(`there is no command "${command}"; try --help\n`);
      return EXIT_USAGE;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  for (const mistake of error.mistakes) process.stderr.write(`${mistake}\n`);
  process.stderr.write("try --help\n");
  process.exitCode = EXIT_USAGE;
}
