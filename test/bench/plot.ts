import type { Figures } from "./figures.ts";

interface Panel {
  readonly title: string;
  /** Of a size. */
  readonly measure: (size: number) => string;
}

const PANELS: readonly Panel[] = [
  { title: "memory at rest, MiB", measure: (size) => `${size}: RSS at rest, MiB` },
  { title: "CPU of a tick, ms", measure: (size) => `${size}: tick: CPU, ms` },
  {
    title: "cold start, ms",
    measure: (size) => `${size}: cold start: everything looked at, ms`,
  },
  { title: "apply to POST, ms", measure: (size) => `${size}: apply to POST, ms` },
];
const WIDTH = 220;
const HEIGHT = 150;
const MARGIN = { left: 20, right: 30, top: 40, bottom: 30 };
/** Readable on a white page and on a dark one. */
const INK = "#6e7781";
const LINE = "#2f81f7";

interface Point {
  readonly x: number;
  readonly y: number;
  readonly value: number;
  readonly size: number;
}

/** A drawing (SVG) of what grows with the number of objects, and what does not; both axes begin at zero, sizes are on a scale of tens. */
export function growthPlot(figures: Figures, sizes: readonly number[]): string {
  const panels = PANELS.map((panel, index) => {
    const values = sizes.map((size) => figures.median(panel.measure(size)));
    return `<g transform="translate(${index * (WIDTH + 20)} 0)">${drawn(panel.title, pointsOf(sizes, values))}</g>`;
  });
  const size = `width="${PANELS.length * (WIDTH + 20)}" height="${HEIGHT + 10}"`;
  const font = `font-family="system-ui, sans-serif" font-size="11" fill="${INK}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font}>\n${panels.join("\n")}\n</svg>\n`;
}

function pointsOf(sizes: readonly number[], values: readonly number[]): readonly Point[] {
  const most = Math.max(...values.filter(Number.isFinite), Number.MIN_VALUE);
  const inner = {
    width: WIDTH - MARGIN.left - MARGIN.right,
    height: HEIGHT - MARGIN.top - MARGIN.bottom,
  };
  return sizes.flatMap((size, index) => {
    const value = values[index] ?? Number.NaN;
    if (!Number.isFinite(value)) return [];
    const x = MARGIN.left + (inner.width * index) / Math.max(sizes.length - 1, 1);
    return [{ x, y: HEIGHT - MARGIN.bottom - (inner.height * value) / most, value, size }];
  });
}

function drawn(title: string, points: readonly Point[]): string {
  const base = HEIGHT - MARGIN.bottom;
  const path = points.map(({ x, y }) => `${round(x)},${round(y)}`).join(" ");
  const labels = points.map(
    ({ x, y, value, size }) =>
      `<circle cx="${round(x)}" cy="${round(y)}" r="3" fill="${LINE}"/>` +
      `<text x="${round(x)}" y="${round(y) - 8}" text-anchor="middle">${words(value)}</text>` +
      `<text x="${round(x)}" y="${base + 16}" text-anchor="middle">${size.toLocaleString("en")}</text>`,
  );
  return [
    `<text x="${MARGIN.left}" y="14" font-weight="bold">${title}</text>`,
    `<line x1="${MARGIN.left}" y1="${base}" x2="${WIDTH - MARGIN.right}" y2="${base}" stroke="${INK}" stroke-opacity="0.4"/>`,
    `<polyline points="${path}" fill="none" stroke="${LINE}" stroke-width="2"/>`,
    ...labels,
  ].join("\n");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function words(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: value < 100 ? 2 : 3 });
}
