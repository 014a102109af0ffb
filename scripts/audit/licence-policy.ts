/** Whatever goes into the image is passed on, so it must be under one of these: permissive, and without a duty beyond naming the authors. */
export const SHIPPED: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "PSF-2.0",
  "Python-2.0",
  "Unlicense",
]);

/** Tools are run as they came, and nothing of them is passed on: what is asked of those who pass on files, changed or not, is met. */
export const TOOLS: ReadonlySet<string> = new Set([
  ...SHIPPED,
  "CC-BY-3.0",
  "CC0-1.0",
  "MPL-2.0",
  "Zlib",
]);
