import { setTimeout as delay } from "node:timers/promises";

const STEP_MS = 50;

/**
 * Asks until the answer is not undefined or false, and returns it.
 *
 * @throws an Error that says what was waited for, and what was seen last.
 */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false> | Answer | undefined | false,
  { limitMs = 20_000, seen = () => "" }: { limitMs?: number; seen?: () => unknown } = {},
): Promise<Answer> {
  const deadlineMs = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadlineMs) {
      throw new Error(`waited ${limitMs} ms in vain: ${what}\n${JSON.stringify(seen(), null, 1)}`);
    }
    await delay(STEP_MS);
  }
}
