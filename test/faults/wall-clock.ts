import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** How soon a process sees that its clock was set, in milliseconds. */
export const SEEN_WITHIN_MS = 60;

/** Stands in a file of its own, for it is loaded before the operator; `Date` is all that it changes. */
const PRELOAD = `
import { readFileSync } from "node:fs";

const file = process.env.WALL_CLOCK_FILE;
const RealDate = Date;
let shiftMs = 0;
const read = () => {
  try {
    shiftMs = Number(readFileSync(file, "utf8"));
  } catch {
    // Whoever set the clock has gone; it stays as it is.
  }
};
read();
setInterval(read, ${SEEN_WITHIN_MS / 2}).unref();
const now = () => RealDate.now() + shiftMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, words, asked) =>
    Reflect.construct(target, words.length === 0 ? [now()] : words, asked),
  apply: () => new RealDate(now()).toString(),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});
`;

/** The wall clock of one process, which can be set at any time; its monotonic clock goes on as it does. */
export class WallClock {
  readonly #folder: string;
  readonly #file: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, "shift");
  }

  /** @param shiftMs How far it is ahead of ours; negative where it is behind. */
  static async create(shiftMs: number): Promise<WallClock> {
    const folder = await mkdtemp(join(tmpdir(), "fault-clock-"));
    const clock = new WallClock(folder);
    await writeFile(join(folder, "preload.mjs"), PRELOAD);
    await clock.set(shiftMs);
    return clock;
  }

  /** What a process must be started with so that this is its clock. */
  get environment(): Record<string, string> {
    const preload = pathToFileURL(join(this.#folder, "preload.mjs")).href;
    return { NODE_OPTIONS: `--import ${preload}`, WALL_CLOCK_FILE: this.#file };
  }

  /** Whole or not at all: a reader must never see half a number. */
  async set(shiftMs: number): Promise<void> {
    const next = `${this.#file}.next`;
    await writeFile(next, String(shiftMs));
    await rename(next, this.#file);
  }

  /** A process that runs keeps the clock as it was set last. */
  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
