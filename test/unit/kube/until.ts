import { setTimeout as delay } from "node:timers/promises";

/** Asks until it is so; an Error that says what was waited for after the limit. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  limitMs = 5_000,
): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await delay(5);
  }
}
