import { setTimeout as delay } from "node:timers/promises";

interface WaitUntilOptions {
  readonly what: string;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 50;

/** Asks until the answer is yes; rejects after the deadline, on the signal, or with what the question throws. */
export async function waitUntil(
  isSo: (signal: AbortSignal) => Promise<boolean>,
  options: WaitUntilOptions,
): Promise<void> {
  const deadline = AbortSignal.timeout(options.deadlineMs);
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
  while (!signal.aborted) {
    if (await isSo(signal)) return;
    // The loop's condition tells the reason of an aborted delay.
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  options.signal?.throwIfAborted();
  throw new Error(`${options.what} took longer than ${options.deadlineMs / 1000} s`);
}
