import type { CredentialName } from "./credential.ts";
import type { Effort } from "./effort.ts";

/** The intent to create, written to the object before the request leaves. */
export interface Intent {
  /** Counts the create requests for this resource, from 1. */
  readonly attempt: number;
  /** RFC 3339 wall time of the writer; for people, never compared with another machine's clock. */
  readonly time: string;
  /** What the request was to be sent with. */
  readonly credential?: CredentialName;
}

/** Returns undefined for an absent annotation; an unreadable one is an intent all the same, so that it is settled. */
export function parseIntent(annotation: string | undefined): Intent | undefined {
  if (annotation === undefined) return undefined;
  const [time = "", ...rest] = annotation.split(" ");
  const fields = new Map(
    rest.map((field) => [nameIn(field), field.slice(nameIn(field).length + 1)]),
  );
  const count = Number.parseInt(fields.get("attempt") ?? "", 10);
  const credential = fields.get("credential");
  return {
    time,
    attempt: Number.isSafeInteger(count) && count > 0 ? count : 1,
    ...(credential === undefined ? {} : { credential }),
  };
}

function nameIn(field: string): string {
  return field.split("=", 1)[0] ?? "";
}

/** An intent that a newer version wrote in a form of its own: what it means is not known here. */
export function isOfNewerVersion(annotation: string | undefined): boolean {
  return annotation !== undefined && /^v\d+( |$)/.test(annotation);
}

export function formatIntent({ time, attempt, credential }: Intent): string {
  const suffix = credential === undefined ? "" : ` credential=${credential}`;
  return `${time} attempt=${attempt}${suffix}`;
}

export function nextIntent(
  previous: Intent | undefined,
  time: string,
  credential: CredentialName,
): Intent {
  return { attempt: (previous?.attempt ?? 0) + 1, time, credential };
}

/** What this process knows of a resource's create requests beyond the journal. Times are monotonic milliseconds. */
export interface JournalMemory {
  /** When this process wrote the intent, or first saw one it had not written. */
  readonly intentSeenAtMs?: number | undefined;
  /** The attempt that the provider refused with its documented body: nothing exists from it. */
  readonly refusedAttempt?: number | undefined;
  /** The attempt whose result is known: its id came back, or a thing with the marker was seen after it. */
  readonly settledAttempt?: number | undefined;
  /** The thing whose deletion the provider accepted (2xx). */
  readonly deletedId?: string | undefined;
  /** What was asked for last and accepted, as long as it is not seen to be done. */
  readonly effort?: Effort | undefined;
  /** As `effort`, of create requests alone: what was asked for in between says nothing of them. */
  readonly creations?: Effort | undefined;
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
