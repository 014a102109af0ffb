import PQueue from "p-queue";
import { ProviderError } from "./errors.ts";
import { type Lane, LaneQueue, LANES, Slots } from "./lane-queue.ts";
import { RateWindow } from "./rate-window.ts";

/** The longest pause that a provider's Retry-After is believed: 10 minutes. */
const MAX_PAUSE_MS = 600_000;
/** Pauses end spread over this share of their length more, so that many operators do not come back at once. */
const JITTER = 0.1;
/** Slots beside `concurrency` that only the lanes `stop` and `list` may take, so that slow answers never keep them waiting. */
const URGENT_SLOTS = 6;

export interface LanesOptions {
  readonly requestsPerSecond: number;
  /** Requests at a time. */
  readonly concurrency: number;
  /** A request that would have to wait longer than this for a pause to end is refused at once, in milliseconds. */
  readonly patienceMs: number;
  /** A request's turn has come, after so long. */
  readonly onTurn?: ((lane: Lane, waitedMs: number) => void) | undefined;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
}

/** The one rate-limited queue in front of an account. Urgent requests pass others; a 429 pauses the account as a whole. */
export class Lanes {
  readonly #queue: PQueue<LaneQueue>;
  readonly #slots: Slots;
  readonly #waiting = new Map<AbortController, Lane>();
  readonly #options: LanesOptions;
  readonly #window: RateWindow;
  #pausedUntilMs = 0;
  #wake: NodeJS.Timeout | undefined;

  constructor(options: LanesOptions) {
    this.#options = options;
    this.#window = new RateWindow(options.requestsPerSecond, options.now);
    const slots = new Slots(options.concurrency);
    this.#slots = slots;
    this.#queue = new PQueue<LaneQueue>({
      concurrency: options.concurrency + URGENT_SLOTS,
      queueClass: class extends LaneQueue {
        constructor() {
          super(slots);
        }
      },
    });
  }

  /**
   * Runs a request in its turn.
   *
   * An abort while it waits rejects with the signal's reason, and it never starts. Once started it runs to its end: a
   * request that costs money is not abandoned half-way, and its slot is not given away.
   *
   * @throws ProviderError of kind `rate-limited` where the account is paused for longer than its patience.
   */
  async run<Result>(
    lane: Lane,
    signal: AbortSignal,
    request: () => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted();
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
    const waiting = new AbortController();
    const giveUp = (): void => waiting.abort(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    const cameMs = this.#options.now();
    const started = (): Promise<Result> => {
      signal.removeEventListener("abort", giveUp);
      this.#waiting.delete(waiting);
      this.#countStart();
      this.#options.onTurn?.(lane, this.#options.now() - cameMs);
      return this.#slots.during(lane, request);
    };
    this.#waiting.set(waiting, lane);
    try {
      return await this.#queue.add(started, {
        priority: LANES.indexOf(lane),
        signal: waiting.signal,
      });
    } finally {
      signal.removeEventListener("abort", giveUp);
      this.#waiting.delete(waiting);
    }
  }

  /** Requests that wait for their turn, by lane. */
  waiting(lane: Lane): number {
    return [...this.#waiting.values()].filter((each) => each === lane).length;
  }

  /** Requests that wait for their turn, all lanes together. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Requests that may start at once; none while a pause is on. */
  get left(): number {
    return this.isPaused ? 0 : this.#window.left;
  }

  /** The provider asked for silence, and that time is not over. */
  get isPaused(): boolean {
    return this.#pausedUntilMs > this.#options.now();
  }

  /** Requests that may start in one second at present. */
  get perSecond(): number {
    return this.#window.perSecond;
  }

  /** A 429: starts nothing for so long, and fewer at a time after that. A longer pause that is already on stays. */
  pause(forMs: number): void {
    const { now, random } = this.#options;
    this.#window.lower();
    const boundedMs = Math.min(Math.max(forMs, 0), MAX_PAUSE_MS);
    this.#pausedUntilMs = Math.max(
      now() + boundedMs * (1 + JITTER * random()),
      this.#pausedUntilMs,
    );
    this.#holdFor(this.#pausedUntilMs - now());
    const refusal = this.#refusal();
    if (refusal !== undefined) for (const waiting of this.#waiting.keys()) waiting.abort(refusal);
  }

  /** Never more than so many in a second from now on. */
  slowTo(requestsPerSecond: number): void {
    this.#window.slowTo(requestsPerSecond);
  }

  close(): void {
    clearTimeout(this.#wake);
    this.#queue.pause();
  }

  /** Why nothing waits for the end of the present pause; undefined where it is short, or over. */
  #refusal(): ProviderError | undefined {
    const leftMs = this.#pausedUntilMs - this.#options.now();
    if (leftMs <= this.#options.patienceMs) return undefined;
    return new ProviderError(
      "rate-limited",
      `the provider asked for a pause, of which ${Math.ceil(leftMs / 1000)} s are left`,
      { retryAfterMs: leftMs },
    );
  }

  #countStart(): void {
    this.#window.take();
    const { waitMs } = this.#window;
    if (waitMs > 0) this.#holdFor(waitMs);
  }

  /** Nothing starts for so long, nor while a pause is on. */
  #holdFor(waitMs: number): void {
    this.#queue.pause();
    clearTimeout(this.#wake);
    this.#wake = setTimeout(() => this.#goOn(), Math.max(waitMs, 0));
  }

  #goOn(): void {
    const leftMs = Math.max(this.#pausedUntilMs - this.#options.now(), this.#window.waitMs);
    if (leftMs > 0) this.#holdFor(leftMs);
    else this.#queue.start();
  }
}
