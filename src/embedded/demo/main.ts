import { stdout } from "node:process";
import { parseArgs } from "node:util";
import { linger, play } from "./demo.ts";
import { Screen } from "./screen.ts";
import { Builder, type Stage } from "./stage.ts";

const EXIT_INTERRUPTED = 130;

/** `--exit`: ends by itself, with 0 or with 1 and the reason. Without it, the table stays until Ctrl-C. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { exit: { type: "boolean", default: false } } });
  const screen = new Screen(stdout);
  const interruption = new AbortController();
  // `on`, not `once`: libraries take themselves for the last listener and end the process.
  for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => interruption.abort());

  const builder = new Builder(screen);
  let stage: Stage | undefined;
  try {
    stage = await builder.build(interruption.signal);
    await play(stage, screen, interruption.signal);
    if (!values.exit) await linger(stage, screen, interruption.signal);
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) return values.exit ? EXIT_INTERRUPTED : 0;
    screen.say(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
    if (stage !== undefined)
      screen.say(`\nThe operator's last words:\n${await stage.operator.lastLines()}`);
    return 1;
  } finally {
    screen.keep();
    screen.say("\nTaking everything down …");
    await builder.takeDown();
    screen.say("Nothing is left running.");
  }
}

process.exitCode = await main();
