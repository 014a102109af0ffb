const DECIMAL = /^[0-9]+$/;

/**
 * Orders two resourceVersions of one type: negative where `a` is older. Undefined where either is not a decimal number, as
 * the API then only promises equality.
 */
export function compareResourceVersions(a: string, b: string): number | undefined {
  if (a === b) return 0;
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return undefined;
  return a.length === b.length ? (a < b ? -1 : 1) : a.length - b.length;
}
