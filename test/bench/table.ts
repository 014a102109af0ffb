import type { Row } from "./targets.ts";

const HEADINGS = ["what", "operator", "floor", "peers", "ratio", "target", "met"];

/** A table of GitHub's Markdown, which a terminal shows well enough. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [HEADINGS, HEADINGS.map(() => "---"), ...rows.map(cellsOf)];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function cellsOf({ what, operator, floor, peers, ratio, target, isMet }: Row): string[] {
  return [
    what,
    numberOf(operator),
    numberOf(floor),
    (peers ?? []).map(({ name, value }) => `${name} ${numberOf(value)}`).join(", "),
    ratio === undefined || !Number.isFinite(ratio) ? "" : ratio.toFixed(2),
    target ?? "",
    isMet === undefined ? "" : isMet ? "yes" : "**no**",
  ];
}

function numberOf(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "";
  return value.toLocaleString("en", { maximumSignificantDigits: value < 100 ? 3 : 6 });
}
