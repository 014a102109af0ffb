import { parseArgs } from "node:util";
import { campaign } from "./campaign.ts";
import { KNOWN_GAPS } from "./known-gaps.ts";

/**
 * `--lifecycles N` plays that many; `--seed S` the same ones again; `--path P`, with the seed, the one that failed. A failing run
 * prints both, and the history of the shortest lifecycle that still fails. `--gap NAME` does not overlook that known gap.
 */
const { values } = parseArgs({
  options: {
    lifecycles: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    path: { type: "string" },
    gap: { type: "string" },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const result = await campaign({
  lifecycles: Number(values.lifecycles),
  seed: Number(values.seed),
  gaps: KNOWN_GAPS.filter(({ name }) => name !== values.gap),
  ...(values.path === undefined ? {} : { path: values.path }),
});
for (const line of result.counts.table()) say(line);
for (const line of result.story) say(line);
say(
  result.isGood
    ? `${values.lifecycles} lifecycles kept every promise; seed ${values.seed}`
    : `replay with: node test/model/main.ts --seed ${values.seed} --path ${result.path}${values.gap === undefined ? "" : ` --gap "${values.gap}"`}`,
);
process.exitCode = result.isGood ? 0 : 1;
