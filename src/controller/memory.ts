import { type Effort, effortAfter } from "../core/effort.ts";
import type { CredentialName } from "../core/credential.ts";
import type { Intent, JournalMemory } from "../core/journal.ts";
import type { ConditionClaim } from "../api/conditions.ts";
import type { Decision } from "../core/decision.ts";
import { keeper } from "../core/identity.ts";
import type { Observation } from "../core/observation.ts";
import type { Resource } from "../core/resource.ts";
import { CREATE_EFFORT } from "../core/outcomes-of-absence.ts";
import type { Held } from "./held.ts";
import type { ManagedObject } from "./managed-object.ts";
import { isRefused, KnownVersion } from "./known-version.ts";
import type { Connection } from "../provider/connection.ts";

/** A look that is under way while nobody holds a worker. */
export interface AwaitedLook {
  /** It began at this time or later, in monotonic milliseconds. */
  readonly sinceMs: number;
  /** What a GET sent at that time did not find: half of the proof that a thing is gone, this look being the other half. */
  readonly notFound?: { readonly ids: readonly string[]; readonly credential: CredentialName };
}

/**
 * What this process remembers of one resource beyond what the API server holds. Losing it (a restart) costs time, never
 * safety. All times are monotonic milliseconds.
 *
 * Fields are set to undefined, never deleted: V8 keeps an object from which something was deleted as a table, at five times the size.
 */
export class ResourceMemory implements JournalMemory {
  uid: string;
  version = new KnownVersion();
  intentSeenAtMs: number | undefined;
  refusedAttempt: number | undefined;
  settledAttempt: number | undefined;
  deletedId: string | undefined;
  effort: Effort | undefined;
  creations: Effort | undefined;
  /** When the remote thing was last seen, by whatever request. */
  seenAtMs: number | undefined;
  /** What would be left behind if the object went without our release; undefined where nothing would. */
  orphan: string | undefined;
  /** The remote side must be seen in a look begun after this. */
  lookSinceMs = -Infinity;
  /** The last reconcile ended because this was waited for. */
  awaited: AwaitedLook | undefined;
  /** The id that our own create request brought back, in case it could not be recorded over the one before. */
  made:
    | {
        readonly id: string;
        readonly over: string | undefined;
        readonly object: ManagedObject;
        readonly connection: Connection;
      }
    | undefined;
  /** The attempt of which nobody knows yet whether it took effect. */
  unsettledAttempt: number | undefined;
  /** What became of the last one of these. */
  settledAs: "found" | "dead" | undefined;
  /** Provider failures in a row. */
  failures = 0;
  held: Held | undefined;
  /**
   * The last id that is known to be ours, until that is proven gone: whoever empties a status, or forges it, does not end a remote thing.
   * What a status merely names may have been forged.
   */
  knownId: string | undefined;
  /** Our finalizer was taken off with reason, so nothing can still appear. */
  isReleased = false;
  /** The generation that was seen last, and whether it was to be deleted. */
  #generation: number | undefined;
  #isDeleting = false;
  #intentTime: string | undefined;
  /** The id that the status had when it was read last. */
  #recordedId: string | undefined;

  constructor(uid: string) {
    this.uid = uid;
  }

  /** Starts anew for another resource under the same name; what an old create request may still do is not forgotten. */
  meet(resource: Resource, nowMs: number): void {
    if (resource.uid !== this.uid) {
      const isClosed = this.isReleased || this.refusedAttempt !== undefined;
      const intentSeenAtMs = isClosed ? undefined : this.intentSeenAtMs;
      const { version } = this;
      Object.assign(this, new ResourceMemory(resource.uid), { version });
      // A manifest that was saved with its journal brings the same time again.
      this.#intentTime = undefined;
      this.#generation = undefined;
      this.lookAfter(nowMs);
      this.intentSeenAtMs = intentSeenAtMs;
    }
    this.orphan = orphanOf(resource);
    this.#noticeWish(resource, nowMs);
    if (resource.recordedId !== undefined) this.settle("found");
    const time = resource.intent?.time;
    if (time !== undefined && time !== this.#intentTime) {
      this.#intentTime = time;
      this.intentSeenAtMs = nowMs;
      if (resource.recordedId === undefined) this.unsettledAttempt = resource.intent?.attempt;
      // Another's attempt may have the same number; what is known of ours says nothing of it.
      this.refusedAttempt = undefined;
      this.settledAttempt = undefined;
      this.deletedId = undefined;
    }
  }

  /**
   * What the user wants now may touch a remote thing, so that thing must be seen as it is now: somebody may have taken its marker
   * off since the last look. A create touches nothing and need not wait.
   */
  #noticeWish({ generation, isDeleting, recordedId }: Resource, nowMs: number): void {
    const isKnown = generation === this.#generation && isDeleting === this.#isDeleting;
    const isNew = this.#generation !== undefined && !isKnown;
    this.#generation = generation;
    this.#isDeleting = isDeleting;
    if (isNew && recordedId !== undefined) this.lookAfter(nowMs);
  }

  /**
   * Writes an intent of ours. Until the request leaves nothing can come of it, even where the answer to this write is lost. Where it was
   * refused, it is as if it had never been: an intent that is read next is another's, though it may have the same number and millisecond.
   */
  async journals(intent: Intent, write: () => Promise<void>, now: () => number): Promise<void> {
    const { intentSeenAtMs, refusedAttempt } = this;
    const intentTime = this.#intentTime;
    this.intends(intent, now());
    this.refusedAttempt = intent.attempt;
    try {
      await write();
    } catch (error) {
      if (isRefused(error)) {
        this.#intentTime = intentTime;
        Object.assign(this, { intentSeenAtMs, refusedAttempt });
      }
      throw error;
    }
    this.intends(intent, now());
    this.refusedAttempt = undefined;
  }

  /** The intent was written by this process, just now. */
  intends(intent: Intent, nowMs: number): void {
    this.#intentTime = intent.time;
    this.intentSeenAtMs = nowMs;
  }

  /** The id to go by: what was made last, until the status has anything but what it had then; else what the status has, or what is known to be ours. */
  idOf(recordedId: string | undefined): string | undefined {
    if (this.made !== undefined && this.made.over !== recordedId) this.made = undefined;
    this.#recordedId = recordedId;
    return this.made?.id ?? recordedId ?? this.knownId;
  }

  /** Our own create request brought this back. */
  brought(id: string, object: ManagedObject, connection: Connection): void {
    this.made = { id, over: this.#recordedId, object, connection };
    this.knownId = id;
  }

  /** A thing with the marker, seen after the intent, is what became of it. */
  saw(observation: Observation, resource: Resource): void {
    const { intent } = resource;
    this.knownId = keeper(resource, observation.marked)?.id ?? this.knownId;
    if (observation.named !== undefined || observation.marked.length > 0)
      this.seenAtMs = observation.lookedAtMs;
    const isLater = observation.lookedAtMs >= (this.intentSeenAtMs ?? Infinity);
    if (intent !== undefined && isLater && observation.marked.length > 0) {
      this.settledAttempt = intent.attempt;
      this.settle("found");
    }
  }

  /** It is known by now what became of a create request whose answer was lost. */
  settle(as: "found" | "dead"): void {
    if (this.unsettledAttempt === undefined) return;
    this.unsettledAttempt = undefined;
    this.settledAs = as;
  }

  /** The provider accepted a request; see `waitBeforeRepeating`. */
  accepted(what: string, nowMs: number): void {
    this.effort = effortAfter(this.effort, what, nowMs);
    if (what === CREATE_EFFORT) this.creations = effortAfter(this.creations, what, nowMs);
  }

  /** A decision that comes back to look again wants a look begun after it. */
  succeeded({ action, requeueAfterMs, claims, forgets }: Decision, nowMs: number): void {
    this.failures = 0;
    // What is made in place of what is gone is known already.
    if (forgets === true && action.do !== "create") this.knownId = undefined;
    this.held = undefined;
    if (isAtRest(claims)) {
      this.effort = undefined;
      this.creations = undefined;
    }
    if (requeueAfterMs !== undefined) this.lookAfter(nowMs);
  }

  /** The remote side must be seen in a look begun at this time or later. */
  lookAfter(nowMs: number): void {
    this.lookSinceMs = Math.max(this.lookSinceMs, nowMs);
  }
}

function isAtRest(claims: readonly ConditionClaim[]): boolean {
  const isTrue = (type: string): boolean =>
    claims.some((claim) => claim.type === type && claim.status === "True");
  return isTrue("Ready") && isTrue("Synced");
}

/** What nobody would delete any more if the object went now; nothing where it is to stay, or was never touched. */
function orphanOf(resource: Resource): string | undefined {
  const { deletionPolicy, managementPolicy, hasFinalizer, recordedId, intent } = resource;
  if (deletionPolicy === "Retain" || managementPolicy === "ObserveOnly") return undefined;
  if (recordedId !== undefined) return recordedId;
  return hasFinalizer && intent !== undefined ? `create request ${intent.attempt}` : undefined;
}
