import { markerOf } from "../../src/core/marker.ts";
import type { ManagedObject } from "../../src/controller/managed-object.ts";
import { parseIntent } from "../../src/core/journal.ts";
import { Excuses } from "./excuses.ts";
import { gapIn, type KnownGap, TAKEN_BACK, WHILE_WAITING } from "./known-gaps.ts";
import type { Counts } from "./counts.ts";
import { FINALIZER, JOURNAL, markerOfName, nameOfMarker, PAUSED } from "./names.ts";
import type { Commit, ModelCluster } from "./model-cluster.ts";
import type { ModelPark, ModelThing, Post } from "./model-park.ts";
import { type Process, QUIET_MS, REQUEST_TIMEOUT_MS } from "./surroundings.ts";
import { TwinWatch } from "./twin-watch.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import { wrongsIn } from "./write-checks.ts";

/** A suspicion that came up while something was already decided is no ground for blame. */
const DECIDED_MS = 100;
/** How long it takes to read an object anew: the label was looked at before that. */
const CONFIRM_MS = 10;

interface JournalEntry {
  readonly uid: string;
  readonly process: number;
  readonly attempt: number;
  readonly spec: ManagedObject["spec"];
  isUsed: boolean;
  /** A person tore it away before the request left. */
  isDisowned: boolean;
}

interface Confirmation {
  /** Undefined where there was none of that name. */
  readonly object: ManagedObject | undefined;
  readonly atMs: number;
}

interface ProcessView {
  /** When the latest list that was delivered began. */
  listBeganMs: number;
  /** When it was delivered, and what it showed without a marker of ours. */
  listDeliveredMs: number;
  unmarked: ReadonlySet<number>;
  readonly confirmed: Map<string, Confirmation>;
  /** The last of each name that the watch told. */
  readonly told: Map<string, ManagedObject>;
}

export interface InvariantParts {
  readonly clock: VirtualClock;
  readonly cluster: ModelCluster;
  readonly park: ModelPark;
  readonly counts: Counts;
  readonly gaps: readonly KnownGap[];
  /** Since when the operator distrusts the account. */
  readonly suspectSinceMs: () => number | undefined;
}

/**
 * What must hold at every step of every lifecycle, judged by what really happened, which the operator cannot see.
 *
 * See `Excuses` for what is beyond any operator.
 */
export class Invariants {
  readonly violations: string[] = [];
  readonly #parts: InvariantParts;
  readonly #twins: TwinWatch;
  readonly #lastPost = new Map<string, Post>();
  readonly #journal = new Map<string, JournalEntry>();
  readonly #views = new Map<number, ProcessView>();
  readonly #excuses: Excuses;

  constructor(parts: InvariantParts) {
    this.#parts = parts;
    this.#excuses = new Excuses(parts);
    this.#twins = new TwinWatch(parts, (words) => this.#blame(words));
    parts.cluster.onCommit((commit) => this.#committed(commit));
  }

  /** Whether a thing may be more than there should be. */
  isExcused({ id }: ModelThing): boolean {
    return this.#excuses.has(id);
  }

  /** Twins that hold each other were found: a known gap. */
  get hasRivals(): boolean {
    return this.#twins.hasRivals;
  }

  /** After every event. `disturbedMs`: when something last went wrong or was changed by a person. */
  check(disturbedMs: number): void {
    const mayDouble = ({ id }: ModelThing): boolean =>
      this.#excuses.has(id) || this.#excuses.isDoubled(id);
    this.#twins.check(disturbedMs, mayDouble);
  }

  /** Journal first, and no blind create: asked when a create request leaves. */
  postLeaves(body: unknown, { number }: Process): Post {
    const label = typeof body === "object" && body !== null && "label" in body ? body.label : "";
    const marker = markerOf(String(label)) ?? "";
    const entry = this.#journal.get(marker);
    if (entry === undefined || entry.isUsed || entry.process !== number)
      this.#blame(`journal first: a create request for ${String(label)} left without a journal`);
    else {
      entry.isUsed = true;
      if (entry.spec.adopt !== undefined || entry.spec.managementPolicy === "ObserveOnly")
        this.#blame(`ownership: ${String(label)} is to be adopted or observed, never created`);
    }
    this.#checkNotBlind(marker, number);
    const post: Post = {
      marker,
      uid: entry?.uid ?? "",
      leftMs: this.#parts.clock.now(),
      process: number,
      made: [],
      isRefused: false,
      isAnswered: false,
      isDisowned: entry?.isDisowned ?? false,
    };
    this.#lastPost.set(marker, post);
    return post;
  }

  #checkNotBlind(marker: string, process: number): void {
    const before = this.#lastPost.get(marker);
    if (before === undefined || before.isRefused || before.isDisowned) return;
    if (this.#view(process).listBeganMs >= before.leftMs + QUIET_MS) return;
    const isOver = (id: number): boolean =>
      this.#excuses.has(id) || !isAlive(this.#parts.park.find(id));
    if (before.made.length > 0 && before.made.every(isOver)) return;
    this.#blame(
      `no blind create: ${nameOfMarker(marker)} is asked for at ${this.#parts.clock.now()} ms, after a request at ${before.leftMs} ms whose outcome was open`,
    );
  }

  /** A thing has come into being. */
  postTookEffect(post: Post, isDoubled: boolean): void {
    const id = post.made.at(-1);
    if (id === undefined) return;
    // Both may live until a look shows them; neither may stay behind.
    if (isDoubled) for (const twin of post.made) this.#excuses.addDoubled(twin);
    this.#excuses.tookEffect(post, id);
    const name = nameOfMarker(post.marker);
    if (this.#excuses.has(id) || post.isDisowned || name === undefined) return;
    if (this.#parts.cluster.get(name) === undefined)
      this.#blame(
        `no leak: ${name} was let go of while its create request could still take effect`,
      );
  }

  postAnswered(post: Post, isRefusal: boolean, isCreated: boolean): void {
    if (isRefusal) post.isRefused = true;
    else if (isCreated) post.isAnswered = true;
  }

  listServed(beganMs: number, shown: readonly ModelThing[], { number }: Process): void {
    this.#excuses.served(beganMs, shown, number);
  }

  listDelivered(beganMs: number, { number }: Process): void {
    const view = this.#view(number);
    view.listBeganMs = beganMs;
    view.listDeliveredMs = this.#parts.clock.now();
    view.unmarked = this.#excuses.delivered(beganMs, number);
    this.#twins.looked(beganMs);
  }

  /** A GET said that there is no such thing, though there is. */
  denied(id: number): void {
    this.#excuses.denied(id);
  }

  journalCommitted(name: string, { number }: Process): void {
    const object = this.#parts.cluster.get(name);
    const intent = parseIntent(object?.metadata.annotations?.[JOURNAL]);
    if (object === undefined || intent === undefined) return;
    if (!hasFinalizer(object)) this.#blame(`journal first: ${name} has an intent, no finalizer`);
    this.#checkTrust(`${name} is to be created`, this.#parts.clock.now());
    const { uid } = object.metadata;
    this.#journal.set(markerOfName(name), {
      uid,
      process: number,
      attempt: intent.attempt,
      spec: object.spec,
      isUsed: false,
      isDisowned: false,
    });
  }

  /** The operator has read an object past its cache, as it does before a DELETE. */
  confirmed(name: string, object: ManagedObject | undefined, { number }: Process): void {
    this.#view(number).confirmed.set(name, { object, atMs: this.#parts.clock.now() });
  }

  /** The watch has told of an object; of one that left, what it was last. */
  told(object: ManagedObject, { number }: Process): void {
    this.#view(number).told.set(object.metadata.name, object);
  }

  #checkTrust(what: string, atMs: number, how = ""): void {
    const sinceMs = this.#parts.suspectSinceMs();
    if (sinceMs !== undefined && atMs - sinceMs > DECIDED_MS)
      this.#blame(`breaker: ${what} while the account is suspect${how}`);
  }

  /**
   * Ownership, and Retain: asked when a PATCH or a DELETE leaves.
   *
   * @param askedMs When it was handed to the client, which may have been long before.
   */
  mutationAsked(
    target: "PATCH" | "DELETE",
    id: number,
    askedMs: number,
    { number }: Process,
  ): void {
    const thing = this.#parts.park.find(id);
    if (thing === undefined) return;
    const owner = this.#ownerOf(thing);
    const view = this.#view(number);
    if (owner === undefined) {
      const confirmedMs = Math.max(...[...view.confirmed.values()].map(({ atMs }) => atMs), 0);
      const decidedMs = target === "DELETE" ? confirmedMs - CONFIRM_MS : Infinity;
      const wasOurs = thing.post !== undefined;
      if (!wasOurs || (view.unmarked.has(id) && view.listDeliveredMs < decidedMs))
        this.#blame(
          `ownership: ${target} of ${id} "${thing.label}", which is not ours${takenBack(thing, view)}`,
        );
      return;
    }
    if (target === "DELETE") this.#checkDelete(owner, thing, askedMs, view);
  }

  #ownerOf({ id, label }: ModelThing): string | undefined {
    const adopting = this.#parts.cluster.list().find(({ spec }) => spec.adopt?.id === id);
    return nameOfMarker(markerOf(label) ?? "") ?? adopting?.metadata.name;
  }

  #checkDelete(name: string, thing: ModelThing, askedMs: number, view: ProcessView): void {
    const { confirmed, told } = view;
    const { clock, park } = this.#parts;
    const confirmation = confirmed.get(name);
    if (confirmation === undefined || clock.now() - confirmation.atMs > 2 * REQUEST_TIMEOUT_MS) {
      this.#blame(`ownership: DELETE of ${thing.id} without reading ${name} anew`);
      return;
    }
    const back = confirmation.object === undefined ? TAKEN_BACK : "";
    this.#checkTrust(`${thing.id} of ${name} is deleted`, askedMs, back);
    const sinceMs = this.#parts.suspectSinceMs() ?? Infinity;
    if (sinceMs > askedMs && confirmation.atMs - sinceMs > DECIDED_MS)
      this.#blame(`breaker: ${thing.id} of ${name} is deleted ${WHILE_WAITING}`);
    if (confirmation.object === undefined) {
      this.#checkTakenBack(name, thing, told.get(name));
      return;
    }
    const { metadata, spec } = confirmation.object;
    if (metadata.annotations?.[PAUSED] === "true")
      this.#blame(`paused: DELETE of ${thing.id} while ${name} is paused`);
    if (metadata.deletionTimestamp !== undefined) {
      if (spec.deletionPolicy === "Retain" || spec.managementPolicy === "ObserveOnly")
        this.#blame(`retain: DELETE of ${thing.id}, which ${name} is to retain`);
      return;
    }
    // What was deleted in the panel just now could not be known.
    const wasAlive = ({ deletedMs = -Infinity }: ModelThing): boolean =>
      clock.now() - deletedMs < DECIDED_MS;
    const twins = park.marked(markerOfName(name)).filter((twin) => isAlive(twin) || wasAlive(twin));
    // Asking twice for the same deletion does no harm.
    if (isAlive(thing) && twins.length < 2)
      this.#blame(`single: DELETE of ${thing.id}, the only one of ${name}, which is to live`);
  }

  /** With nobody to own it only that may go which a create request brought back to us, and which was not to stay as far as we were told. */
  #checkTakenBack(name: string, { id, post }: ModelThing, gone: ManagedObject | undefined): void {
    if (post?.isAnswered !== true) this.#blame(`ownership: ${id} is deleted, and ${name} is gone`);
    if (gone !== undefined && isToStay(gone))
      this.#blame(`retain: DELETE of ${id}, which ${name} was to retain${TAKEN_BACK}`);
  }

  #committed(commit: Commit): void {
    const { before, after, name, byOperator } = commit;
    const isExcused = this.isExcused.bind(this);
    const { park, clock } = this.#parts;
    const wrongs = byOperator ? wrongsIn(commit, { park, nowMs: clock.now(), isExcused }) : [];
    for (const wrong of wrongs) this.#blame(wrong);
    const recordedId = before?.status?.id;
    if (!byOperator && after?.status === undefined && recordedId !== undefined)
      this.#excuses.forgotten(Number(recordedId));
    const wasHeld = before !== undefined && hasFinalizer(before);
    const isHeld = after !== undefined && hasFinalizer(after);
    if (byOperator && wasHeld && !isHeld) this.#checkRelease(before);
    const isForced =
      !byOperator && before !== undefined && (wasHeld ? !isHeld : after === undefined);
    if (isForced || (before !== undefined && isToStay(before) && after === undefined))
      this.#disown(name);
  }

  /** What a person tore away from the operator it cannot answer for. */
  #disown(name: string): void {
    const marker = markerOfName(name);
    const post = this.#lastPost.get(marker);
    if (post !== undefined) post.isDisowned = true;
    const entry = this.#journal.get(marker);
    if (entry !== undefined) entry.isDisowned = true;
    for (const { id, label, post: maker } of this.#parts.park.living())
      if (markerOf(label) === marker || maker?.marker === marker) this.#excuses.add(id);
  }

  /** No leak: the finalizer goes only when nothing of it is left. */
  #checkRelease(object: ManagedObject): void {
    const { name, deletionTimestamp } = object.metadata;
    if (deletionTimestamp === undefined)
      this.#blame(`no leak: ${name} lost its finalizer though nobody deletes it`);
    if (isToStay(object)) return;
    const { park } = this.#parts;
    const marked = park.marked(markerOfName(name));
    const named = park.find(Number(object.spec.adopt?.id ?? object.status?.id ?? 0));
    const isOthers = named !== undefined && markerOf(named.label) !== undefined;
    const left = [...marked, ...(named === undefined || isOthers ? [] : [named])];
    for (const { id } of left.filter((thing) => !this.isExcused(thing)))
      this.#blame(`no leak: ${name} is let go of while ${id} is there`);
  }

  #view(process: number): ProcessView {
    const view = this.#views.get(process) ?? {
      listBeganMs: -Infinity,
      listDeliveredMs: -Infinity,
      unmarked: new Set<number>(),
      confirmed: new Map<string, Confirmation>(),
      told: new Map<string, ManagedObject>(),
    };
    this.#views.set(process, view);
    return view;
  }

  #blame(words: string): void {
    const gap = gapIn(this.#parts.gaps, words);
    if (gap !== undefined) {
      this.#parts.counts.add(`known gap/${gap.name}`);
      return;
    }
    this.violations.push(`at ${this.#parts.clock.now()} ms: ${words}`);
  }
}

/** The end of a sentence, where the resource that it was made for was just found to be gone. */
function takenBack({ post }: ModelThing, { confirmed }: ProcessView): string {
  const confirmation = confirmed.get(nameOfMarker(post?.marker ?? "") ?? "");
  return confirmation !== undefined && confirmation.object === undefined ? TAKEN_BACK : "";
}

/** What is on its way out costs nothing for long. */
function isAlive(thing: ModelThing | undefined): boolean {
  return thing !== undefined && thing.goneAtMs === undefined;
}

function hasFinalizer({ metadata }: ManagedObject): boolean {
  return metadata.finalizers?.includes(FINALIZER) ?? false;
}

function isToStay({ spec }: ManagedObject): boolean {
  return spec.deletionPolicy === "Retain" || spec.managementPolicy === "ObserveOnly";
}
