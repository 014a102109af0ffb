import { mkdir, writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Stage } from "./cluster.ts";
import { peers, theFloor, theOperator } from "./contestants.ts";
import { Figures } from "./figures.ts";
import { describeMachine } from "./machine.ts";
import { growthPlot } from "./plot.ts";
import type { Bench, Scenario } from "./scenario.ts";
import { burst } from "./scenarios/burst.ts";
import { growth } from "./scenarios/growth.ts";
import { imageStart } from "./scenarios/image-start.ts";
import { latency, latencyBesideOthers } from "./scenarios/latency.ts";
import { startup } from "./scenarios/startup.ts";
import { takeover } from "./scenarios/takeover.ts";
import { urgent } from "./scenarios/urgent.ts";
import { tableOf } from "./table.ts";
import { rowsOf } from "./targets.ts";

const SCENARIOS: ReadonlyMap<string, Scenario> = new Map([
  ["startup", startup],
  ["image-start", imageStart],
  ["latency", latency],
  ["burst", burst],
  ["others", latencyBesideOthers],
  ["urgent", urgent],
  ["takeover", takeover],
  ["growth", growth],
]);

const USAGE = `Usage: node test/bench/main.ts [--only NAME]... [--runs N] [--small] [--without-peers] [--profile FOLDER]

  --only NAME      one of ${[...SCENARIOS.keys()].join(", ")}; by default all
  --runs N         so many values of each measure; 3 by default
  --small          a hundredth of the size, to see whether the bench works
  --without-peers  nothing is installed; the operator and the floor only
  --profile FOLDER the operator writes CPU profiles there
  --source FOLDER  another copy of src, to compare with
`;

const RESULTS = join(import.meta.dirname, "results");

function readFlags() {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true, default: [] },
      runs: { type: "string", default: "3" },
      small: { type: "boolean", default: false },
      "without-peers": { type: "boolean", default: false },
      profile: { type: "string" },
      source: { type: "string" },
    },
  });
  const unknown = values.only.find((name) => !SCENARIOS.has(name));
  if (unknown !== undefined) throw new Error(`there is no measurement "${unknown}"`);
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${values.runs} is no number`);
  return { ...values, runs };
}

async function main(flags: ReturnType<typeof readFlags>): Promise<void> {
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  const { profile } = flags;
  const others = flags["without-peers"] ? [] : await peers(tell);
  const stage = await Stage.open();
  const figures = new Figures();
  const nodeArguments = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const operator = await theOperator(stage.folder, nodeArguments, flags.source);
  const contestants = [operator, await theFloor(stage.folder), ...others];
  const { runs, small: isSmall } = flags;
  const bench: Bench = { stage, operator, contestants, figures, runs, isSmall, tell };
  try {
    for (const [name, scenario] of SCENARIOS) {
      if (flags.only.length > 0 && !flags.only.includes(name)) continue;
      tell(`— ${name}`);
      await scenario(bench);
    }
  } finally {
    await stage.close();
  }
  await publish(bench);
}

async function publish({ stage, figures, runs, isSmall }: Bench): Promise<void> {
  const machine = describeMachine(stage.plane.version);
  const sizes = isSmall ? [20, 50, 100] : [100, 1_000, 10_000];
  const rows = rowsOf(figures, sizes);
  process.stdout.write(`\n${tableOf(rows)}\n`);
  await mkdir(RESULTS, { recursive: true });
  const load = loadavg().map((value) => Math.round(value * 10) / 10);
  const time = new Date().toISOString();
  const file = join(RESULTS, `${time.replaceAll(":", "-")}${isSmall ? "-small" : ""}.json`);
  const result = { time, machine, load, runs, isSmall, rows, figures: figures.all };
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(file.replace(/json$/, "svg"), growthPlot(figures, sizes));
  process.stdout.write(`\n${file}\n`);
}

try {
  await main(readFlags());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n${USAGE}`);
  process.exitCode = 1;
}
