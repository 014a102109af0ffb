/**
 * Exponential backoff: `baseMs` after the first failure, doubled by each further one, never above `capMs`.
 *
 * @param failures How often it failed in a row, from 1.
 * @param random In [0, 1): spreads the result over its upper half, so that many do not come back at once.
 */
export function backoffMs(
  { baseMs, capMs }: { readonly baseMs: number; readonly capMs: number },
  failures: number,
  random: number,
): number {
  // 2^30 times any base is past every cap; the bound keeps the power finite.
  const doubled = baseMs * 2 ** Math.min(Math.max(failures, 1) - 1, 30);
  return Math.min(doubled, capMs) * (0.5 + random / 2);
}
