/** One curve, bar or number: an expression, and how its legend reads. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** What a person should make of it. */
  readonly description: string;
  readonly type: "timeseries" | "stat";
  /** Grafana's name of it; left out: a bare number. */
  readonly unit?: "s" | "reqps" | "ops" | "percentunit" | "bytes";
  readonly queries: readonly Query[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** The panel's own time, for rates. */
export const RATE = "$__rate_interval";

export function query(expr: string, legend: string): Query {
  return { expr, legend };
}

/** The share of the requests, reconciles or waits below which a duration stays. */
export function quantile(share: number, histogram: string, by: string): string {
  return `histogram_quantile(${share}, sum by (le, ${by}) (rate(${histogram}_bucket[${RATE}])))`;
}

/** Every process shows every resource, so what several show of one thing is taken once. */
export function most(by: string, metric: string): string {
  return `max by (${by}) (${metric})`;
}

export function ofKind(metric: string): string {
  return most("controller", `hpc_park_operator_${metric}`);
}

export function series(
  title: string,
  description: string,
  queries: Panel["queries"],
  unit?: Panel["unit"],
): Panel {
  return { title, description, type: "timeseries", queries, ...(unit && { unit }) };
}

export function stat(title: string, description: string, expr: string, legend = ""): Panel {
  return { title, description, type: "stat", queries: [query(expr, legend)] };
}
