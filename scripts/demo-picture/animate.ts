export interface Frame {
  readonly atMs: number;
  readonly lines: readonly string[];
}

const CHARACTER_WIDTH = 8.4;
const LINE_HEIGHT = 18;
const MARGIN = 16;
/** How long the end is shown before it begins again. */
const LAST_MS = 5_000;
/** What waits for downloads and starts is cut short. */
const LONGEST_MS = 1_600;

/** Frames as one picture that plays by itself wherever SVG is shown. */
export function animate(
  frames: readonly Frame[],
  { columns, rows }: { readonly columns: number; readonly rows: number },
): string {
  const width = Math.round(columns * CHARACTER_WIDTH + 2 * MARGIN);
  const height = rows * LINE_HEIGHT + 2 * MARGIN;
  const lengths = frames.map(({ atMs }, index) => {
    const next = frames[index + 1];
    return next === undefined ? LAST_MS : Math.min(next.atMs - atMs, LONGEST_MS);
  });
  const totalMs = lengths.reduce((sum, ms) => sum + ms, 0);
  let beginsMs = 0;
  const groups = frames.map(({ lines }, index) => {
    const from = beginsMs / totalMs;
    beginsMs += lengths[index] ?? 0;
    return group(lines, { from, to: beginsMs / totalMs, totalMs });
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The demo">`,
    `<rect width="100%" height="100%" rx="8" fill="#11151c"/>`,
    `<g font-family="ui-monospace,Menlo,Consolas,monospace" font-size="14" fill="#d7dde8" xml:space="preserve">`,
    ...groups,
    "</g></svg>\n",
  ].join("\n");
}

function group(
  lines: readonly string[],
  { from, to, totalMs }: { from: number; to: number; totalMs: number },
): string {
  const texts = lines.map((line, index) => text(line, index)).filter((one) => one !== "");
  const times = [0, from, to, 1].map((part) => part.toFixed(4)).join(";");
  const animation = `<animate attributeName="display" calcMode="discrete" values="none;inline;none;none" keyTimes="${times}" dur="${Math.round(totalMs)}ms" repeatCount="indefinite"/>`;
  return `<g display="none">${animation}${texts.join("")}</g>`;
}

function text(line: string, index: number): string {
  if (line.trim() === "") return "";
  const y = MARGIN + (index + 0.8) * LINE_HEIGHT;
  return `<text x="${MARGIN}" y="${y.toFixed(0)}"${colourOf(line)}>${escape(line.trimEnd())}</text>`;
}

function colourOf(line: string): string {
  if (/^\s*\$ /.test(line)) return ' fill="#8ab4f8"';
  if (/^(KIND|NAME)\b/.test(line.trim())) return ' fill="#7f8b9e"';
  if (/\bFalse\b/.test(line)) return ' fill="#f2c66d"';
  return /\bTrue\b/.test(line) ? ' fill="#8fd694"' : "";
}

function escape(line: string): string {
  return line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
