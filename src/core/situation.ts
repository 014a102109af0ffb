import { seesAllThat } from "./credential.ts";
import type { Effort } from "./effort.ts";
import { type Change, compare, type Comparison, type Fields, type FieldRule } from "./diff.ts";
import { type Kept, keptFactsOf } from "./kept.ts";
import { isQuiet, type JournalMemory } from "./journal.ts";
import type { Observation, RemoteThing, Setback } from "./observation.ts";
import type { Resource } from "./resource.ts";
import { freshSetbackOf, withSetbacks } from "./setbacks.ts";
import { type Restraint, restraintOn } from "./restraint.ts";
import type { Reason } from "../api/conditions.ts";
import {
  adviceOnUnoffered,
  describeUnoffered,
  type Halt,
  haltMessage,
  REMOVE,
  type Terms,
  unofferedIn,
} from "./terms.ts";

/** Durations in milliseconds. */
export interface Timing {
  /** Between looks while something is on the way. */
  readonly activeMs: number;
  /** Between looks at rest. */
  readonly restMs: number;
  /** Request timeout plus settle time: how long a create request whose answer was lost may still take effect. */
  readonly quietMs: number;
}

/** What the rules need to know of a kind, as data. */
export interface KindRules {
  readonly fields: readonly FieldRule[];
  /** Operations in the order in which they are done. */
  readonly operations: readonly string[];
  /** Operations that save money; they stay allowed while the account is suspect. */
  readonly savingOperations: readonly string[];
  /** Operations that may mend a thing which has failed. Left out: none. */
  readonly mendingOperations?: readonly string[];
  /** Operations whose failure shows only in what the provider did after they had been asked for; see `Asked`. Left out: none. */
  readonly judgedOperations?: readonly string[];
  /** Left out: a thing at rest takes every operation. */
  readonly restraint?: Restraint;
  /** Where the marker is, as people see it. Left out: the label. */
  readonly labelCalled?: string;
  /** Its spec has no `deletionPolicy`, so nothing of it is ever let go of and left alive. */
  readonly isNeverRetained?: true;
}

/** Something that must come first; `isStalled` where a human must act for it to come. */
export interface Obstacle {
  readonly reason: Reason;
  readonly message: string;
  readonly isStalled: boolean;
  /** Nobody has looked yet whether it is in the way at all. Left out: somebody has. */
  readonly isUnasked?: boolean;
}

/** What the spec asks for, its references resolved as far as they could be. */
export interface Wish {
  readonly fields: Fields;
  /** Why a create or a change has to wait. Fields that depend on it are left out above. */
  readonly obstacle?: Obstacle;
  /** Why the account cannot be asked at all: nothing is looked at, made, changed or deleted. */
  readonly noAccount?: Obstacle;
  /** Names of the resources that use this one; it is not deleted before they are gone. */
  readonly users: readonly string[];
  /** Another resource that holds the remote thing this one wants to adopt. */
  readonly rival?: string;
}

export interface Situation {
  readonly resource: Resource;
  readonly observation?: Observation;
  readonly wish: Wish;
  readonly kind: KindRules;
  readonly memory: JournalMemory;
  readonly timing: Timing;
  /** Only of kinds whose things have a value that is shown once; on the way out only while that is held by its protection. */
  readonly kept?: Kept | undefined;
  /** Why the account is not to be trusted at present: no create and no delete while set. */
  readonly suspicion?: string | undefined;
  /** What the provider says of itself, as far as it was read. */
  readonly terms?: Terms | undefined;
}

/** The situation once something was looked at, with what follows from it. */
export interface Facts {
  readonly resource: Resource;
  readonly wish: Wish;
  readonly timing: Timing;
  readonly suspicion: string | undefined;
  /** Those that may be sent. */
  readonly savingOperations: readonly string[];
  /** What the next request that is not to save money would break. */
  readonly barrier: Obstacle | undefined;
  /** The request to delete is described otherwise than it would be sent. */
  readonly removalHalt: Halt | undefined;
  /** The thing that is ours. */
  readonly thing: RemoteThing | undefined;
  /** Other living things with the same marker. */
  readonly twins: readonly RemoteThing[];
  /** The recorded thing, alive but without our marker. */
  readonly unmarked: RemoteThing | undefined;
  /** The thing to adopt, and the marker of the resource it belongs to. */
  readonly refused: { readonly thing: RemoteThing; readonly marker: string } | undefined;
  /** Nothing of ours is there, and that is proven. */
  readonly isGone: boolean;
  /** No earlier create request can still take effect unseen. */
  readonly isQuiet: boolean;
  /** What is left of the quiet time, in milliseconds. */
  readonly quietInMs: number;
  /** What the present credential does not see although another one saw or made it; it may be there all the same. */
  readonly outOfSight: string | undefined;
  /** The user says that what is missing is really gone. */
  readonly isAcknowledged: boolean;
  /** The list lacks what a GET shows, or shows what a GET does not, so no change in it tells of what becomes of that. */
  readonly isAtOdds: boolean;
  readonly effort: Effort | undefined;
  readonly creations: Effort | undefined;
  readonly kept: Kept | undefined;
  /** Things of ours whose value nobody holds. */
  readonly unheld: readonly RemoteThing[];
  /** Why the thing is to be replaced by another while it still works. */
  readonly due: string | undefined;
  /** The thing has come to its end by itself. */
  readonly isOver: boolean;
  readonly comparison: Comparison;
  /** What was asked for last has come to nothing, and that is not written down yet. */
  readonly freshSetback: Setback | undefined;
  /** What differs and may mend a failed thing. */
  readonly mend: Change | undefined;
  readonly labelCalled: string;
  /** A person may ask to have the resource let go of and its thing left alive. */
  readonly mayRetain: boolean;
  readonly nowMs: number;
}

/** Whether a resource of the kind can be let go of and its thing left alive. */
export function canBeRetained({ isNeverRetained }: KindRules): boolean {
  return isNeverRetained !== true;
}

export function factsOf(situation: Situation, observation: Observation, nowMs: number): Facts {
  const { resource, wish, memory, timing, kind, kept } = situation;
  const { identity, ...keptFacts } = keptFactsOf(resource, observation, kept);
  const seen = identity.is === "ours" ? identity.thing : undefined;
  const thing = seen && withSetbacks(seen, situation);
  const isDeletedByUs = memory.deletedId !== undefined && memory.deletedId === resource.recordedId;
  const compared = (operations: readonly string[]): Comparison =>
    compare(kind.fields, operations, wish.fields, thing?.fields ?? {}, thing?.setback?.operations);
  const comparison = compared(kind.operations);
  const halt = situation.terms?.halt;
  const mayBeSent = (operation: string): boolean => halt?.stops.has(operation) !== true;
  const quietAtMs = (memory.intentSeenAtMs ?? nowMs) + timing.quietMs;
  return {
    resource,
    wish,
    timing,
    suspicion: situation.suspicion,
    savingOperations: kind.savingOperations.filter(mayBeSent),
    barrier:
      barrierIn(situation, thing, comparison) ??
      restraintOn(situation, thing, comparison.next?.operation),
    removalHalt: mayBeSent(REMOVE) ? undefined : halt,
    thing,
    twins: identity.is === "ours" ? identity.twins : [],
    unmarked: identity.is === "unmarked" ? identity.thing : undefined,
    refused: identity.is === "refused" ? identity : undefined,
    isGone: identity.is === "absent" && identity.isProven,
    isQuiet: isQuiet(resource.intent, memory, observation.lookedAtMs, timing.quietMs),
    quietInMs: Math.max(quietAtMs - nowMs, 0),
    outOfSight: isDeletedByUs ? undefined : outOfSightOf(resource, observation, memory),
    isAcknowledged:
      resource.acknowledgedGone !== undefined && resource.acknowledgedGone === nameOfLoss(resource),
    isAtOdds: isAtOdds(observation),
    effort: memory.effort,
    creations: memory.creations,
    kept,
    ...keptFacts,
    nowMs,
    comparison,
    freshSetback: freshSetbackOf(seen, resource.asked),
    mend: compared(kind.mendingOperations ?? []).next,
    labelCalled: kind.labelCalled ?? "label",
    mayRetain: canBeRetained(kind),
  };
}

function isAtOdds({ named, isNamedListed, isAnyDenied }: Observation): boolean {
  return isAnyDenied === true || (named !== undefined && !isNamedListed);
}

/** What is there and stays as it is needs no request, whatever the provider offers by now. */
function barrierIn(
  { kind, wish, terms }: Situation,
  thing: RemoteThing | undefined,
  { next }: Comparison,
): Obstacle | undefined {
  if (terms === undefined || (thing !== undefined && next === undefined)) return undefined;
  if (terms.halt !== undefined)
    return { reason: "ContractChanged", message: haltMessage(terms.halt), isStalled: true };
  const sent = new Set(next?.differences.map(({ field }) => field));
  const unoffered = unofferedIn(kind.fields, wish.fields, terms).filter(
    ({ field }) => thing === undefined || sent.has(field),
  );
  if (unoffered.length === 0) return undefined;
  const message = `${describeUnoffered(unoffered)}; ${adviceOnUnoffered(unoffered)}`;
  return { reason: "NotOffered", message, isStalled: true };
}

/** What a user acknowledges as gone: the recorded id, or the create request that nothing is known of. */
export function nameOfLoss({
  recordedId,
  intent,
}: {
  readonly recordedId?: string | undefined;
  readonly intent?: Resource["intent"] | undefined;
}): string | undefined {
  return recordedId ?? (intent === undefined ? undefined : `create-${intent.attempt}`);
}

/** A credential sees only what was made with it or granted to it, so what another one saw or made proves nothing by its absence. */
function outOfSightOf(
  resource: Resource,
  { credential }: Observation,
  memory: JournalMemory,
): string | undefined {
  const { recordedId, seenWith, intent, acknowledgedGone } = resource;
  const name = nameOfLoss(resource);
  if (name === undefined || name === acknowledgedGone) return undefined;
  const attempt = intent?.attempt;
  const isSettled = attempt === memory.refusedAttempt || attempt === memory.settledAttempt;
  const sawIt = recordedId !== undefined ? seenWith : isSettled ? undefined : intent?.credential;
  return sawIt === undefined || seesAllThat(credential, sawIt) ? undefined : name;
}
