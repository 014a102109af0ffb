import type { Figures } from "./figures.ts";

/** One line of the table: a figure, what it is compared with, and what it is to be. */
export interface Row {
  readonly what: string;
  readonly operator: number;
  readonly floor?: number;
  readonly peers?: readonly { readonly name: string; readonly value: number }[];
  /** Operator to floor, or what the target speaks of. */
  readonly ratio?: number;
  readonly target?: string;
  readonly isMet?: boolean;
}

const READY = "apply to POST at rest, ms";

/** Every row for which something was measured. */
export function rowsOf(figures: Figures, sizes: readonly number[]): readonly Row[] {
  const [small = 0, middle = 0, large = 0] = sizes;
  return [
    ...rateRows(figures),
    ...latencyRows(figures),
    ...countRows(figures, large),
    ...sizeRows(figures, large),
    ...growthRows(figures, small, middle, large),
    ...lifeRows(figures),
    ...imageRows(figures),
  ].filter(({ operator }) => !Number.isNaN(operator));
}

function compared(figures: Figures, measure: string, what = measure): Row {
  const operator = figures.median(measure);
  const floor = figures.median(measure, "floor");
  const peers = figures
    .peers(measure)
    .map((name) => ({ name, value: figures.median(measure, name) }));
  return { what, operator, floor, peers, ratio: operator / floor };
}

function rateRows(figures: Figures): readonly Row[] {
  const rates = ["1k", "5k"].map((size) => {
    const row = compared(figures, `${size}: creates per second`);
    const target = "≥ 0.8 of the floor, above every peer";
    const isFaster = row.peers?.every(({ value }) => value < row.operator) ?? true;
    const isMet = (row.ratio ?? 0) >= 0.8 && isFaster;
    return Object.assign(row, { target, isMet });
  });
  const others = ["1k: deletes per second", "1k: CPU per create, ms", "1k: CPU per delete, ms"];
  return [...rates, ...others.map((measure) => compared(figures, measure))];
}

function latencyRows(figures: Figures): readonly Row[] {
  const rest = compared(figures, READY, `${READY}, median`);
  const tail = {
    what: `${READY}, p99`,
    operator: figures.quantile(0.99, READY),
    floor: figures.quantile(0.99, READY, "floor"),
  };
  const beside = ["looked at each second", "refreshed"].map((what) => {
    const measure = `apply to POST, 5,000 others ${what}, ms`;
    const operator = figures.median(measure);
    const ratio = operator / rest.operator;
    const target = "≤ 2 × at rest";
    return { what: `${measure}, median`, operator, ratio, target, isMet: ratio <= 2 };
  });
  const isMet = (rest.ratio ?? Infinity) <= 1.3;
  return [{ ...rest, target: "≤ 1.3 × the floor", isMet }, tail, ...beside];
}

function countRows(figures: Figures, large: number): readonly Row[] {
  const exactly = (measure: string, wanted: number): Row => {
    const row = compared(figures, measure);
    return { ...row, target: `${wanted}`, isMet: row.operator === wanted };
  };
  return [
    // Those of the user who creates and deletes are among them.
    exactly("1k: writes per create", 3),
    exactly("1k: writes per delete", 2),
    compared(figures, "1k: events per create"),
    compared(figures, "1k: events per delete"),
    compared(figures, "1k: remote calls per delete"),
    exactly(`${large}: tick: writes`, 0),
    exactly(`${large}: tick: other remote calls`, 0),
    exactly(`${large}: tick: instance LISTs for each storage LIST`, 1),
    exactly(`${large}: cold start: writes`, 0),
    exactly(`${large}: cold start: instance LISTs`, 1),
    exactly(`${large}: cold start: storage LISTs`, 1),
  ];
}

function sizeRows(figures: Figures, large: number): readonly Row[] {
  const atMost = (measure: string, limit: number, value = figures.median(measure)): Row => ({
    what: measure,
    operator: value,
    target: `≤ ${limit}`,
    isMet: value <= limit,
  });
  const worst = (measure: string, limit: number): Row =>
    atMost(measure, limit, figures.max(measure));
  return [
    atMost(`${large}: cold start: everything looked at, ms`, 3_000),
    atMost(`${large}: CPU between ticks, % of a core`, 0.3),
    atMost(`${large}: tick: CPU, ms`, 150),
    atMost(`${large}: RSS at rest, MiB`, 128),
    atMost(`${large}: tick: RSS, MiB`, 128),
    worst(`${large}: tick: longest stall, ms`, 20),
    worst(`${large}: tick: longest stall that computes, ms`, 20),
    worst(`${large}: cold start: longest stall, ms`, 20),
    worst(`${large}: cold start: longest stall that computes, ms`, 20),
  ];
}

function growthRows(
  figures: Figures,
  small: number,
  middle: number,
  large: number,
): readonly Row[] {
  const at = (size: number, what: string): number => figures.median(`${size}: ${what}`);
  const step = (from: number, to: number): number =>
    ((at(to, "RSS at rest, MiB") - at(from, "RSS at rest, MiB")) * 1024) / (to - from);
  const slope = step(middle, large);
  const post = "apply to POST, ms";
  const ratio = at(large, post) / at(middle, post);
  return [
    { what: `RSS for each object, ${small} to ${middle}, KiB`, operator: step(small, middle) },
    {
      what: `RSS for each object, ${middle} to ${large}, KiB`,
      operator: slope,
      target: "≤ 2.4 kB",
      isMet: slope * 1.024 <= 2.4,
    },
    {
      what: `apply to POST beside ${large} objects, ms`,
      operator: at(large, post),
      ratio,
      target: `≤ 1.2 × beside ${middle}`,
      isMet: ratio <= 1.2,
    },
  ];
}

function lifeRows(figures: Figures): readonly Row[] {
  const limits = [
    ["stop behind 1,000 slow creates, ms", 1_000],
    ["delete behind 1,000 slow creates, ms", 1_000],
    ["takeover after a clean stop, from the release, ms", 100],
    ["takeover after a kill, beyond the lease, ms", 500],
    ["start to ready, empty, ms", 500],
  ] as const;
  return limits.map(([measure, limit]) => {
    const row = compared(figures, measure);
    return Object.assign(row, { target: `≤ ${limit}`, isMet: row.operator <= limit });
  });
}

/** The variants of a start stand where the peers do; the ratio is to a start without the compile cache. */
function imageRows(figures: Figures): readonly Row[] {
  const measures = [
    "image: exec to the end of --help, ms",
    "image: exec to health, ms",
    "image: exec to health, CPU, ms",
    "image: RSS after a failed connection, MiB",
  ];
  return measures.map((measure) => {
    const row = compared(figures, measure);
    const ratio = row.operator / figures.median(measure, "without the cache");
    return Object.assign(row, { ratio });
  });
}
