// oxlint-disable eslint/no-control-regex -- Terminals are steered by them.
const UP = /^\u001B\[(\d+)A/;
const ERASE_BELOW = /^\u001B\[J/;

/** What a terminal shows of text that moves up and erases what is below, which is all that the demo does. */
export class TerminalText {
  readonly #columns: number;
  #lines: string[] = [""];
  #row = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  write(text: string): void {
    let rest = text;
    while (rest !== "") rest = this.#step(rest);
  }

  lastLines(rows: number): readonly string[] {
    return this.#lines.slice(-rows);
  }

  #step(text: string): string {
    const up = UP.exec(text);
    if (up !== null) {
      this.#row = Math.max(this.#row - Number(up[1]), 0);
      return text.slice(up[0].length);
    }
    if (ERASE_BELOW.test(text)) {
      this.#lines = [...this.#lines.slice(0, this.#row), ""];
      return text.replace(ERASE_BELOW, "");
    }
    const [character = ""] = text;
    if (character === "\n") this.#newLine();
    else if (character !== "\r") this.#put(character);
    return text.slice(character.length);
  }

  #newLine(): void {
    this.#row += 1;
    this.#lines[this.#row] = "";
  }

  #put(character: string): void {
    const line = this.#lines[this.#row] ?? "";
    if (Array.from(line).length < this.#columns) this.#lines[this.#row] = line + character;
  }
}
