/** Aborts with the caller's signal, or when the time is over, until it is disposed of. */
export class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(timeoutMs: number, outer: AbortSignal | undefined) {
    outer?.throwIfAborted();
    this.signal = this.#controller.signal;
    this.#outer = outer;
    outer?.addEventListener("abort", this.#onAbort, { once: true });
    this.#timer = setTimeout(
      () => this.#controller.abort(new Error(`no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
  }

  /** From here on only the caller's signal counts. */
  lift(): void {
    clearTimeout(this.#timer);
  }

  /** Waits for work that knows no signal. */
  async over<Result>(work: Promise<Result>): Promise<Result> {
    const { signal } = this;
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    // A signal that has aborted tells nobody any more.
    if (signal.aborted) onAbort();
    try {
      return await Promise.race([work, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  [Symbol.dispose](): void {
    this.lift();
    this.#outer?.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => this.#controller.abort(this.#outer?.reason);
}
