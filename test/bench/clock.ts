/** Milliseconds of the machine's monotonic clock: the same for every process on it, so moments of several can be compared. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
