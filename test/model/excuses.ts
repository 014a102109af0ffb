import { markerOf } from "../../src/core/marker.ts";
import type { ModelCluster } from "./model-cluster.ts";
import type { ModelPark, ModelThing, Post } from "./model-park.ts";
import { nameOfMarker } from "./names.ts";
import { QUIET_MS } from "./surroundings.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** A list that begins so soon after a false 404, and lacks the thing as well, leaves nothing that could tell. */
const DENIED_MS = 100;

interface ServedList {
  /** Things that a look which may be trusted did not show, and of which the operator knows nothing else. */
  readonly unseen: readonly number[];
  /** Those of which it does, so far. */
  readonly known: readonly ModelThing[];
  /** What it showed without a marker of ours. */
  readonly unmarked: ReadonlySet<number>;
}

interface Parts {
  readonly clock: VirtualClock;
  readonly cluster: ModelCluster;
  readonly park: ModelPark;
}

/**
 * What is beyond any operator: a thing that came into being, or into sight, only after a look begun later than the quiet time had shown
 * nothing; one that two different answers denied; one that a person tore away from its resource. Such a thing may be more than there
 * should be, and nothing else may.
 */
export class Excuses {
  readonly #parts: Parts;
  readonly #excused = new Set<number>();
  readonly #doubled = new Set<number>();
  readonly #served = new Map<string, ServedList>();
  readonly #deniedMs = new Map<number, number>();
  #latestListBeganMs = -Infinity;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  has(id: number): boolean {
    return this.#excused.has(id);
  }

  add(id: number): void {
    this.#excused.add(id);
  }

  /** Made by a request that was delivered twice: two may live, but none may stay behind. */
  isDoubled(id: number): boolean {
    return this.#doubled.has(id);
  }

  addDoubled(id: number): void {
    this.#doubled.add(id);
  }

  /** A request takes effect: too late, where a look that may be trusted has begun already. */
  tookEffect({ leftMs, isDisowned }: Post, id: number): void {
    if (this.#latestListBeganMs >= leftMs + QUIET_MS || isDisowned) this.#excused.add(id);
  }

  /** A GET said that there is no such thing, though there is. */
  denied(id: number): void {
    this.#deniedMs.set(id, this.#parts.clock.now());
  }

  served(beganMs: number, shown: readonly ModelThing[], process: number): void {
    this.#latestListBeganMs = Math.max(this.#latestListBeganMs, beganMs);
    const isOurs = ({ label }: ModelThing): boolean => markerOf(label) !== undefined;
    const ours = new Set(shown.filter(isOurs).map(({ id }) => id));
    const missing = this.#parts.park.living().filter(({ id }) => !ours.has(id));
    const isBeyond = (thing: ModelThing): boolean => this.#isBeyond(thing, beganMs, process);
    const unseen = missing.filter(isBeyond).map(({ id }) => id);
    const known = missing.filter((thing) => this.#isTrusted(thing, beganMs) && !isBeyond(thing));
    const unmarked = new Set(shown.map(({ id }) => id).filter((id) => !ours.has(id)));
    this.#served.set(`${process} ${beganMs}`, { unseen, known, unmarked });
  }

  /** Excuses what the list failed to show. @returns what it showed without a marker of ours. */
  delivered(beganMs: number, process: number): ReadonlySet<number> {
    const served = this.#served.get(`${process} ${beganMs}`);
    for (const id of served?.unseen ?? []) this.#excused.add(id);
    // A person may have taken the recorded id away while the answer was on its way.
    for (const thing of served?.known ?? [])
      if (!this.#isKnown(thing, process)) this.#excused.add(thing.id);
    return served?.unmarked ?? new Set();
  }

  /** Made by a request so old that a look may be trusted, yet unknown to the operator, or hidden even from a GET. */
  #isBeyond(thing: ModelThing, beganMs: number, process: number): boolean {
    if (beganMs - (this.#deniedMs.get(thing.id) ?? -Infinity) < DENIED_MS) return true;
    if (!this.#isTrusted(thing, beganMs)) return false;
    return this.#parts.clock.now() < thing.visibleAtMs || !this.#isKnown(thing, process);
  }

  #isTrusted({ post }: ModelThing, beganMs: number): boolean {
    return post !== undefined && beganMs >= post.leftMs + QUIET_MS;
  }

  /** Its id is recorded, or this process was told it. */
  #isKnown({ id, post }: ModelThing, process: number): boolean {
    const name = post === undefined ? undefined : nameOfMarker(post.marker);
    const recorded = name === undefined ? undefined : this.#parts.cluster.get(name)?.status?.id;
    const isTold = post?.isAnswered === true && post.process === process && post.made[0] === id;
    return recorded === id || isTold;
  }
}
