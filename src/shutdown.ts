/**
 * Aborts at the first SIGTERM or SIGINT, so that the process can end in order; a second one ends it at once.
 *
 * @returns the signal, and a function that takes the handlers off again.
 */
export function onTermination(): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const controller = new AbortController();
  const handle = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(name === "SIGINT" ? 130 : 143);
    controller.abort(new Error(`received ${name}`));
  };
  process.on("SIGTERM", handle);
  process.on("SIGINT", handle);
  return {
    signal: controller.signal,
    dispose: () => {
      process.off("SIGTERM", handle);
      process.off("SIGINT", handle);
    },
  };
}

/** Waits for a promise, but no longer than so many milliseconds. Returns whether it came in time; its failure is its caller's. */
export async function within(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  const timeout = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => timeout.resolve(false), limitMs);
  try {
    return await Promise.race([work.then(() => true), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

/** What comes first: the work's end, or the signal's reason as a rejection. */
export async function orAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  return Promise.race([
    work,
    aborted(signal).then((): never => {
      throw signal.reason;
    }),
  ]);
}
