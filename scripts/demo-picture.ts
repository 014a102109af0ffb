import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { animate, type Frame } from "./demo-picture/animate.ts";
import { TerminalText } from "./demo-picture/terminal-text.ts";

/** Films the demo on a terminal of this size and writes docs/demo.svg. Needs `script`, of util-linux. */
const COLUMNS = 148;
const ROWS = 34;
const PROJECT = join(import.meta.dirname, "..");
/** Closer together nobody could read them. */
const SHORTEST_FRAME_MS = 350;

const demo = `stty cols ${COLUMNS} rows ${ROWS}; exec ${process.execPath} src/embedded/demo/main.ts --exit`;
const child = spawn("script", ["-qefc", demo, "/dev/null"], {
  cwd: PROJECT,
  stdio: ["ignore", "pipe", "inherit"],
});
const terminal = new TerminalText(COLUMNS);
const frames: Frame[] = [];
const startedMs = performance.now();
child.stdout.setEncoding("utf8").on("data", (text: string) => {
  terminal.write(text);
  const atMs = performance.now() - startedMs;
  const lines = terminal.lastLines(ROWS);
  // What follows too soon takes the place of what was there, and keeps its time.
  const before = frames.at(-1);
  const isSoon = before !== undefined && atMs - before.atMs < SHORTEST_FRAME_MS;
  if (isSoon) frames[frames.length - 1] = { ...before, lines };
  else frames.push({ atMs, lines });
});
const [code] = await once(child, "close");
if (code !== 0) throw new Error(`the demo ended with ${code}`);
await writeFile(join(PROJECT, "docs/demo.svg"), animate(frames, { columns: COLUMNS, rows: ROWS }));
