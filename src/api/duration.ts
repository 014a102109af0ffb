const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Whole seconds, minutes or hours, as in 90s, 5m or 1h. */
export const DURATION_PATTERN = "^[1-9][0-9]{0,5}[smh]$";

/** @param duration Of the form above. */
export function millisecondsOf(duration: string): number {
  const unit = duration.at(-1);
  const count = Number.parseInt(duration, 10);
  return count * (unit === "h" || unit === "m" ? UNITS_MS[unit] : UNITS_MS.s);
}
