import { isProtected, type ManagedObject } from "../../src/controller/managed-object.ts";
import { markerOf } from "../../src/core/marker.ts";
import { TAKEN_BACK, WHILE_WAITING } from "./known-gaps.ts";
import type { ModelCluster } from "./model-cluster.ts";
import type { ModelPark, ModelThing } from "./model-park.ts";
import { markerOfName, nameOfMarker, PAUSED } from "./names.ts";
import { REQUEST_TIMEOUT_MS } from "./surroundings.ts";
import type { ProcessView } from "./views.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** A suspicion that came up while something was already decided is no ground for blame. */
const DECIDED_MS = 100;
/** How long it takes to read an object anew: the label was looked at before that. */
const CONFIRM_MS = 10;

interface Parts {
  readonly clock: VirtualClock;
  readonly cluster: ModelCluster;
  readonly park: ModelPark;
  readonly suspectSinceMs: () => number | undefined;
  readonly blame: (words: string) => void;
}

/** Judges every PATCH and DELETE as it leaves: whose thing it is, whether it was to stay, and whether anybody was asked. */
export class MutationJudge {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param askedMs When it was handed to the client, which may have been long before. */
  asked(target: "PATCH" | "DELETE", id: number, askedMs: number, view: ProcessView): void {
    const thing = this.#parts.park.find(id);
    if (thing === undefined) return;
    const owner = this.#ownerOf(thing);
    if (owner === undefined) {
      const confirmedMs = Math.max(...[...view.confirmed.values()].map(({ atMs }) => atMs), 0);
      const decidedMs = target === "DELETE" ? confirmedMs - CONFIRM_MS : Infinity;
      const wasOurs = thing.post !== undefined;
      if (!wasOurs || (view.unmarked.has(id) && view.listDeliveredMs < decidedMs))
        this.#parts.blame(
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
      this.#parts.blame(`ownership: DELETE of ${thing.id} without reading ${name} anew`);
      return;
    }
    const back = confirmation.object === undefined ? TAKEN_BACK : "";
    this.checkTrust(`${thing.id} of ${name} is deleted`, askedMs, back);
    const sinceMs = this.#parts.suspectSinceMs() ?? Infinity;
    if (sinceMs > askedMs && confirmation.atMs - sinceMs > DECIDED_MS)
      this.#parts.blame(`breaker: ${thing.id} of ${name} is deleted ${WHILE_WAITING}`);
    if (confirmation.object === undefined) {
      this.#checkTakenBack(name, thing, told.get(name));
      return;
    }
    const { metadata, spec, status } = confirmation.object;
    if (metadata.annotations?.[PAUSED] === "true")
      this.#parts.blame(`paused: DELETE of ${thing.id} while ${name} is paused`);
    if (metadata.deletionTimestamp !== undefined) {
      if (spec.deletionPolicy === "Retain" || spec.managementPolicy === "ObserveOnly")
        this.#parts.blame(`retain: DELETE of ${thing.id}, which ${name} is to retain`);
      if (!isProtected(confirmation.object)) return;
      if (status?.id === thing.id)
        this.#parts.blame(`protected: DELETE of ${thing.id}, which ${name} protects`);
    }
    // What was deleted in the panel just now could not be known.
    const wasAlive = ({ deletedMs = -Infinity }: ModelThing): boolean =>
      clock.now() - deletedMs < DECIDED_MS;
    const twins = park.marked(markerOfName(name)).filter((twin) => isAlive(twin) || wasAlive(twin));
    // Asking twice for the same deletion does no harm.
    if (isAlive(thing) && twins.length < 2)
      this.#parts.blame(`single: DELETE of ${thing.id}, the only one of ${name}, which is to live`);
  }

  /** With nobody to own it only that may go which a create request brought back to us, and which was not to stay as far as we were told. */
  #checkTakenBack(name: string, { id, post }: ModelThing, gone: ManagedObject | undefined): void {
    if (post?.isAnswered !== true)
      this.#parts.blame(`ownership: ${id} is deleted, and ${name} is gone`);
    if (gone !== undefined && (isToStay(gone) || isProtected(gone)))
      this.#parts.blame(`retain: DELETE of ${id}, which ${name} was to retain${TAKEN_BACK}`);
  }

  /** Nothing is decided while the account is suspect. */
  checkTrust(what: string, atMs: number, how = ""): void {
    const sinceMs = this.#parts.suspectSinceMs();
    if (sinceMs !== undefined && atMs - sinceMs > DECIDED_MS)
      this.#parts.blame(`breaker: ${what} while the account is suspect${how}`);
  }
}

/** The end of a sentence, where the resource that it was made for was just found to be gone. */
function takenBack({ post }: ModelThing, { confirmed }: ProcessView): string {
  const confirmation = confirmed.get(nameOfMarker(post?.marker ?? "") ?? "");
  return confirmation !== undefined && confirmation.object === undefined ? TAKEN_BACK : "";
}

/** What is on its way out costs nothing for long. */
export function isAlive(thing: ModelThing | undefined): boolean {
  return thing !== undefined && thing.goneAtMs === undefined;
}

/** What nobody may delete on its behalf. */
export function isToStay({ spec }: ManagedObject): boolean {
  return spec.deletionPolicy === "Retain" || spec.managementPolicy === "ObserveOnly";
}
