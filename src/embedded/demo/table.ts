/** One resource, as the table shows it. */
export interface Row {
  readonly kind: string;
  readonly name: string;
  readonly ready: string;
  readonly state: string;
  /** `4×A100`, `100 GB`, or the version of a build. */
  readonly size: string;
  readonly host: string;
  /** What it costs in an hour. */
  readonly price: string;
  readonly age: string;
  readonly message: string;
}

const COLUMNS: readonly (readonly [title: string, field: keyof Row])[] = [
  ["KIND", "kind"],
  ["NAME", "name"],
  ["READY", "ready"],
  ["STATE", "state"],
  ["SIZE/VERSION", "size"],
  ["WHERE", "host"],
  ["₽/H", "price"],
  ["AGE", "age"],
  ["MESSAGE", "message"],
];
const GAP = "  ";

/** The table as lines, none longer than `width` characters. */
export function tableLines(rows: readonly Row[], width: number): string[] {
  const widths = COLUMNS.map(([title, field]) =>
    Math.max(title.length, ...rows.map((row) => row[field].length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join(GAP)
      .trimEnd();
  const lines = [
    line(COLUMNS.map(([title]) => title)),
    ...rows.map((row) => line(COLUMNS.map(([, field]) => row[field]))),
  ];
  return lines.map((text) => cut(text, width));
}

/** What a log shows of a row: all but the age, which changes by itself. */
export function rowWithoutAge(row: Row): string {
  return [row.kind, row.name, `Ready=${row.ready}`, row.state, row.size, row.host, row.message]
    .filter((cell) => cell !== "")
    .join(GAP);
}

function cut(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join("")}…`;
}
