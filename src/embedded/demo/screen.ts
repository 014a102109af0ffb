import type { WriteStream } from "node:tty";
import { type Row, rowWithoutAge, tableLines } from "./table.ts";

const ERASE_BELOW = "\u001B[J";
const up = (lines: number): string => (lines === 0 ? "" : `\u001B[${lines}A\r`);
const NARROWEST = 60;

/**
 * What the demo shows. On a terminal the table and the progress line are redrawn in place; elsewhere, in a log, each change is one line.
 */
export class Screen {
  readonly #out: WriteStream;
  #drawnLines = 0;
  #shownRows = new Map<string, string>();

  constructor(out: WriteStream) {
    this.#out = out;
  }

  /** A line that stays. */
  say(line = ""): void {
    this.#erase();
    this.#out.write(`${line}\n`);
  }

  /** A step that takes long; the next line takes its place. */
  progress(line: string): void {
    if (this.#out.isTTY) this.#draw([line]);
    else this.#out.write(`${line}\n`);
  }

  table(rows: readonly Row[]): void {
    if (this.#out.isTTY) {
      this.#draw(rows.length === 0 ? ["(no resources)"] : tableLines(rows, this.#width));
      return;
    }
    const now = new Map(rows.map((row) => [`${row.kind}/${row.name}`, rowWithoutAge(row)]));
    for (const [key, line] of now) if (this.#shownRows.get(key) !== line) this.say(`  ${line}`);
    for (const key of this.#shownRows.keys()) if (!now.has(key)) this.say(`  ${key} is gone`);
    this.#shownRows = now;
  }

  /** Lets what was drawn last stay. */
  keep(): void {
    this.#drawnLines = 0;
  }

  get #width(): number {
    return Math.max(this.#out.columns, NARROWEST);
  }

  #draw(lines: readonly string[]): void {
    this.#erase();
    this.#out.write(`${lines.join("\n")}\n`);
    this.#drawnLines = lines.length;
  }

  #erase(): void {
    if (this.#drawnLines > 0) this.#out.write(`${up(this.#drawnLines)}${ERASE_BELOW}`);
    this.#drawnLines = 0;
  }
}
