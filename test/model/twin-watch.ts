import type { ManagedObject } from "../../src/controller/managed-object.ts";
import type { ModelCluster } from "./model-cluster.ts";
import type { ModelPark, ModelThing } from "./model-park.ts";
import { RIVALRY } from "./known-gaps.ts";
import { FINALIZER, markerOfName, NAMES, PAUSED } from "./names.ts";
import { REST_MS } from "./surroundings.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** How long several may live once a look can show them. */
const LOOKS_TO_HEAL = 3;
/** The longest backoff after a failure that may pass by itself. */
const LONGEST_BACKOFF_MS = 2 * REST_MS;

interface Sighting {
  readonly sinceMs: number;
  looks: number;
}

interface Parts {
  readonly clock: VirtualClock;
  readonly cluster: ModelCluster;
  readonly park: ModelPark;
  readonly suspectSinceMs: () => number | undefined;
}

/** At most one living thing per marker; where an excused one comes to it, for three looks at the most. */
export class TwinWatch {
  readonly #parts: Parts;
  readonly #blame: (words: string) => void;
  readonly #sightings = new Map<string, Sighting>();
  #disturbedMs = 0;
  /** There were twins that hold each other, a known gap. */
  hasRivals = false;

  constructor(parts: Parts, blame: (words: string) => void) {
    this.#parts = parts;
    this.#blame = blame;
  }

  check(disturbedMs: number, isExcused: (thing: ModelThing) => boolean): void {
    if (disturbedMs > this.#disturbedMs) this.#sightings.clear();
    this.#disturbedMs = Math.max(this.#disturbedMs, disturbedMs);
    for (const name of NAMES) this.#checkName(name, isExcused);
  }

  /** A look was delivered that began then. */
  looked(beganMs: number): void {
    for (const sighting of this.#sightings.values())
      if (beganMs >= sighting.sinceMs) sighting.looks += 1;
  }

  #checkName(name: string, isExcused: (thing: ModelThing) => boolean): void {
    const { clock, park } = this.#parts;
    const twins = park.marked(markerOfName(name)).filter(({ goneAtMs }) => goneAtMs === undefined);
    if (twins.length < 2) {
      this.#sightings.delete(name);
      return;
    }
    const ids = twins.map(({ id }) => id).join(", ");
    if (twins.filter((thing) => !isExcused(thing)).length > 1)
      this.#blame(`single: ${name} has several living things: ${ids}`);
    if (!this.#canHeal(name, twins)) {
      this.#sightings.delete(name);
      return;
    }
    const sighting = this.#sightings.get(name) ?? { sinceMs: clock.now(), looks: 0 };
    this.#sightings.set(name, sighting);
    const isLate = clock.now() - this.#disturbedMs > LONGEST_BACKOFF_MS;
    if (sighting.looks <= LOOKS_TO_HEAL || !isLate) return;
    const rivalry = this.#rivalryOf(name, twins);
    this.#blame(`single: ${name} still has ${ids} after ${sighting.looks} looks${rivalry}`);
    this.#sightings.delete(name);
  }

  /** The end of a sentence, where the status names one and a create request brought back another. */
  #rivalryOf(name: string, twins: readonly ModelThing[]): string {
    const recorded = this.#parts.cluster.get(name)?.status?.id;
    const isRecorded = twins.some(({ id }) => id === recorded);
    const isTold = twins.some(({ id, post }) => id !== recorded && post?.isAnswered === true);
    if (!isRecorded || !isTold) return "";
    this.hasRivals = true;
    return RIVALRY;
  }

  /** Nothing forbids the operator to delete the one that is too many. */
  #canHeal(name: string, twins: readonly ModelThing[]): boolean {
    const { clock, cluster, suspectSinceMs } = this.#parts;
    const object = cluster.get(name);
    if (object === undefined || suspectSinceMs() !== undefined) return false;
    return twins.every(({ visibleAtMs }) => visibleAtMs <= clock.now()) && mayDelete(object);
  }
}

function mayDelete({ metadata, spec }: ManagedObject): boolean {
  if (metadata.annotations?.[PAUSED] === "true" || spec.managementPolicy === "ObserveOnly")
    return false;
  if (metadata.deletionTimestamp === undefined) return true;
  const isHeldByOthers = (metadata.finalizers ?? []).some((name) => name !== FINALIZER);
  return spec.deletionPolicy === "Delete" && !isHeldByOthers;
}
