import { markerOf } from "../../src/core/marker.ts";
import type { ManagedObject } from "../../src/controller/managed-object.ts";
import { parseIntent } from "../../src/core/journal.ts";
import { CreateJudge } from "./create-judge.ts";
import { Excuses } from "./excuses.ts";
import { gapIn, type KnownGap } from "./known-gaps.ts";
import type { Counts } from "./counts.ts";
import { isToStay, MutationJudge } from "./mutation-judge.ts";
import { FINALIZER, JOURNAL, markerOfName, nameOfMarker } from "./names.ts";
import type { Commit, ModelCluster } from "./model-cluster.ts";
import type { ModelPark, ModelThing, Post } from "./model-park.ts";
import type { Process } from "./surroundings.ts";
import { TwinWatch } from "./twin-watch.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import { Views } from "./views.ts";
import { wrongsIn } from "./write-checks.ts";

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
  readonly #mutations: MutationJudge;
  readonly #creates: CreateJudge;
  readonly #views = new Views();
  readonly #excuses: Excuses;

  constructor(parts: InvariantParts) {
    this.#parts = parts;
    this.#excuses = new Excuses(parts);
    const blame = (words: string): void => this.#blame(words);
    this.#twins = new TwinWatch(parts, blame);
    this.#mutations = new MutationJudge({ ...parts, blame });
    this.#creates = new CreateJudge({
      ...parts,
      blame,
      listBeganMs: (process) => this.#views.of(process).listBeganMs,
      isExcused: (id) => this.#excuses.has(id),
    });
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

  /** Asked when a create request leaves. */
  postLeaves(body: unknown, { number }: Process): Post {
    return this.#creates.leaves(body, number);
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
    this.#creates.answered(post, isRefusal, isCreated);
  }

  listServed(beganMs: number, shown: readonly ModelThing[], { number }: Process): void {
    this.#excuses.served(beganMs, shown, number);
  }

  listDelivered(beganMs: number, { number }: Process): void {
    const view = this.#views.of(number);
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
    if (object === undefined) return;
    if (parseIntent(object.metadata.annotations?.[JOURNAL]) === undefined) return;
    if (!hasFinalizer(object)) this.#blame(`journal first: ${name} has an intent, no finalizer`);
    this.#mutations.checkTrust(`${name} is to be created`, this.#parts.clock.now());
    this.#creates.journalled(object, number);
  }

  /** The operator has read an object past its cache, as it does before a DELETE. */
  confirmed(name: string, object: ManagedObject | undefined, { number }: Process): void {
    this.#views.of(number).confirmed.set(name, { object, atMs: this.#parts.clock.now() });
  }

  /** The watch has told of an object; of one that left, what it was last. */
  told(object: ManagedObject, { number }: Process): void {
    this.#views.of(number).told.set(object.metadata.name, object);
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
    this.#mutations.asked(target, id, askedMs, this.#views.of(number));
  }

  #committed(commit: Commit): void {
    const { before, after, name, byOperator } = commit;
    const isExcused = this.isExcused.bind(this);
    const { park, clock } = this.#parts;
    const wrongs = byOperator ? wrongsIn(commit, { park, nowMs: clock.now(), isExcused }) : [];
    for (const wrong of wrongs) this.#blame(wrong);
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
    this.#creates.disown(marker);
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

  #blame(words: string): void {
    const gap = gapIn(this.#parts.gaps, words);
    if (gap !== undefined) {
      this.#parts.counts.add(`known gap/${gap.name}`);
      return;
    }
    this.violations.push(`at ${this.#parts.clock.now()} ms: ${words}`);
  }
}

function hasFinalizer({ metadata }: ManagedObject): boolean {
  return metadata.finalizers?.includes(FINALIZER) ?? false;
}
