/** The intent to create, written to the object before the request leaves. */
export interface Intent {
  /** Counts the create requests for this resource, from 1. */
  readonly attempt: number;
  /** RFC 3339 wall time of the writer; for people, never compared with another machine's clock. */
  readonly time: string;
}

/** Returns undefined for an absent annotation; an unreadable one is an intent all the same, so that it is settled. */
export function parseIntent(annotation: string | undefined): Intent | undefined {
  if (annotation === undefined) return undefined;
  const [time = "", attempt = ""] = annotation.split(" attempt=");
  const count = Number.parseInt(attempt, 10);
  return { time, attempt: Number.isSafeInteger(count) && count > 0 ? count : 1 };
}

export function formatIntent(intent: Intent): string {
  return `${intent.time} attempt=${intent.attempt}`;
}

export function nextIntent(previous: Intent | undefined, time: string): Intent {
  return { attempt: (previous?.attempt ?? 0) + 1, time };
}

/** What this process knows of a resource's create requests beyond the journal. Times are monotonic milliseconds. */
export interface JournalMemory {
  /** When this process wrote the intent, or first saw one it had not written. */
  readonly intentSeenAtMs?: number;
  /** The attempt that the provider refused with its documented body: nothing exists from it. */
  readonly refusedAttempt?: number;
  /** The attempt whose result is known: its id came back, or a thing with the marker was seen after it. */
  readonly settledAttempt?: number;
  /** The thing whose deletion the provider accepted (2xx). */
  readonly deletedId?: string;
}

/**
 * Whether a look begun at `lookedAtMs` rules out that an earlier create request still takes effect.
 *
 * True without an intent, after a refusal, or where the look began later than the intent by `quietMs` (request timeout plus
 * settle time). The intent's age is counted on this process's own clock from when it first saw it, so a clock that
 * jumps or differs between machines never shortens the wait.
 */
export function isQuiet(
  intent: Intent | undefined,
  memory: JournalMemory,
  lookedAtMs: number,
  quietMs: number,
): boolean {
  if (memory.intentSeenAtMs === undefined) return intent === undefined;
  if (intent !== undefined && memory.refusedAttempt === intent.attempt) return true;
  return lookedAtMs >= memory.intentSeenAtMs + quietMs;
}
