import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import { backoffMs } from "../core/backoff.ts";
import { TICKS_UNTIL_UNKNOWN } from "../core/failure.ts";
import type { Timing } from "../core/situation.ts";
import { ProviderError } from "./errors.ts";
import type { RemoteKind } from "./port.ts";
import { changesBetween, Snapshot, type SnapshotChanges } from "./snapshot.ts";

export interface SnapshotsOptions {
  readonly remote: Pick<RemoteKind, "list" | "credential">;
  readonly timing: Timing;
  /** Ends every look; requests are shared, so no single caller may abort them. */
  readonly signal: AbortSignal;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
  /** Left out: always. Where nothing needs a look, none is begun but on demand. */
  readonly isNeeded?: () => boolean;
  /** A new snapshot is there, and what it shows otherwise than the one before. */
  readonly onLook: (snapshot: Snapshot, changes: SnapshotChanges) => void;
  /** No look has succeeded for two ticks. Said once. */
  readonly onStale: () => void;
  /** A look has succeeded after others had failed. */
  readonly onRecovery: () => void;
  /** Does a look as a trace of its own: it is for all who wait for it, not for who came first. */
  readonly inTrace?: <Result>(look: () => Promise<Result>) => Promise<Result>;
}

/** Looks are shared, but a look that must begin now does not wait for the tick: this far apart at the least. */
const MIN_GAP_SHARE = 0.25;
/** So many are indexed, or compared with those before, in less than a millisecond. */
const THINGS_A_TURN = 1_000;

/**
 * One list serves every resource of an account and a kind: the cost of looking grows with accounts, not with objects.
 */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #startedMs: number;
  #latest: Snapshot | undefined;
  #lastBeganMs = -Infinity;
  #running: { readonly beganMs: number; readonly result: Promise<Snapshot> } | undefined;
  #next: Promise<Snapshot> | undefined;
  #failure:
    | { readonly error: unknown; readonly count: number; readonly retryAtMs: number }
    | undefined;
  #staleTimer: NodeJS.Timeout | undefined;
  #isRunning = false;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
    this.#startedMs = options.now();
  }

  get latest(): Snapshot | undefined {
    return this.#latest;
  }

  /** It looks by itself, and something needs what it sees: what is old then is too old. */
  get isKept(): boolean {
    const { signal, isNeeded } = this.#options;
    return this.#isRunning && !signal.aborted && (isNeeded?.() ?? true);
  }

  /** Milliseconds since the last look that succeeded began, or since the start. */
  get unseenForMs(): number {
    return this.#options.now() - (this.#latest?.lookedAtMs ?? this.#startedMs);
  }

  /**
   * A complete snapshot whose request began at `sinceMs` or later. Callers share requests: whoever comes while one is under way
   * that began too early for them waits for the one that follows it. What another credential saw is not shown.
   *
   * Rejects with the look's error; for a while after a failure with that same error, without asking again.
   */
  async listedSince(sinceMs: number): Promise<Snapshot> {
    if (this.#latest !== undefined && this.#isFresh(sinceMs)) return this.#latest;
    const looking = this.lookingSince(sinceMs);
    if (looking !== undefined) return looking;
    throw this.#failure?.error;
  }

  /**
   * The request that `listedSince` would wait for, begun where there was none; the same promise for all who would share it. Undefined
   * where the answer is there already, good or bad.
   */
  lookingSince(sinceMs: number): Promise<Snapshot> | undefined {
    const isRefusing = this.#failure !== undefined && this.#options.now() < this.#failure.retryAtMs;
    if (this.#isFresh(sinceMs)) return undefined;
    if (this.#running !== undefined && this.#running.beganMs >= sinceMs)
      return this.#running.result;
    if (isRefusing) return undefined;
    this.#next ??= this.#lookNext();
    return this.#next;
  }

  #isFresh(sinceMs: number): boolean {
    const latest = this.#latest;
    const isOurs = latest?.credential === this.#options.remote.credential;
    return latest !== undefined && isOurs && latest.lookedAtMs >= sinceMs;
  }

  /** Looks at every tick until the signal aborts. At rest this is all the traffic there is. */
  async run(): Promise<void> {
    const { signal, timing, now } = this.#options;
    this.#isRunning = true;
    this.#expectLook();
    while (!signal.aborted) {
      const dueMs = Math.max(
        (this.#latest?.lookedAtMs ?? -Infinity) + timing.restMs,
        this.#failure?.retryAtMs ?? -Infinity,
      );
      const isNeeded = this.#options.isNeeded?.() ?? true;
      const waitMs = isNeeded ? dueMs - now() : timing.restMs;
      if (waitMs > 0) {
        await delay(waitMs, undefined, { signal }).catch(() => undefined);
        continue;
      }
      // Whoever waits for this look is told of its failure; the next tick comes by itself.
      await this.listedSince(now()).catch(() => undefined);
    }
  }

  async #lookNext(): Promise<Snapshot> {
    const { timing, now, signal } = this.#options;
    await this.#running?.result.catch(() => undefined);
    const gapMs = this.#lastBeganMs + timing.activeMs * MIN_GAP_SHARE - now();
    if (gapMs > 0) await delay(gapMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    const beganMs = now();
    const look = (): Promise<Snapshot> => this.#look(beganMs);
    const result = this.#options.inTrace?.(look) ?? look();
    this.#lastBeganMs = beganMs;
    this.#running = { beganMs, result };
    this.#next = undefined;
    return result;
  }

  async #look(beganMs: number): Promise<Snapshot> {
    const { onLook } = this.#options;
    try {
      const snapshot = await this.#listed(beganMs);
      await giveWay(snapshot);
      const changes = changesBetween(this.#latest, snapshot);
      await giveWay(snapshot);
      const isRecovery = this.#failure !== undefined;
      this.#latest = snapshot;
      this.#failure = undefined;
      this.#expectLook();
      onLook(snapshot, changes);
      if (isRecovery) this.#options.onRecovery();
      return snapshot;
    } catch (error) {
      this.#remember(error);
      throw error;
    } finally {
      this.#running = undefined;
    }
  }

  /** A list whose requests carried two credentials shows neither's things whole. */
  async #listed(beganMs: number): Promise<Snapshot> {
    const { remote, signal } = this.#options;
    const before = remote.credential;
    const things = await remote.list(signal);
    const { credential } = remote;
    if (credential !== undefined && (before === undefined || before === credential))
      return new Snapshot(beganMs, credential, things);
    throw new ProviderError("unavailable", "the credential was replaced while it was looked");
  }

  #remember(error: unknown): void {
    const { timing, now, random } = this.#options;
    const count = (this.#failure?.count ?? 0) + 1;
    const limits = { baseMs: timing.activeMs, capMs: timing.restMs };
    this.#failure = { error, count, retryAtMs: now() + backoffMs(limits, count, random()) };
  }

  /** From now on the next look is awaited; where none succeeds for two ticks, that is said, whatever holds it up. */
  #expectLook(): void {
    const { timing, signal, onStale } = this.#options;
    clearTimeout(this.#staleTimer);
    if (signal.aborted) return;
    const waitMs = Math.max(TICKS_UNTIL_UNKNOWN * timing.restMs - this.unseenForMs, 0) + 1;
    this.#staleTimer = setTimeout(() => {
      if (!signal.aborted) onStale();
    }, waitMs).unref();
  }
}

/** Each step over a long list takes some milliseconds; between them others have their turn of the event loop. */
async function giveWay({ size }: Snapshot): Promise<void> {
  if (size > THINGS_A_TURN) await nextTurn();
}
