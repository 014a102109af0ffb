import { isGone, type Life } from "./life.ts";

export const THING_KINDS = ["instance", "storage", "namespace"] as const;
export type ThingKind = (typeof THING_KINDS)[number];

/** What instances, storages and namespaces have in common. */
export interface Thing<Settled extends string = string> {
  readonly id: number;
  label: string;
  /** The token it was created with; null where a person made it in the panel. */
  readonly tokenId: number | null;
  readonly userId: number;
  readonly createdAt: string;
  readonly createdMs: number;
  readonly life: Life<Settled>;
}

/** Whose a thing is. */
export type Owner = Pick<Thing, "tokenId" | "userId">;

/** The things of one kind. Ids are never used twice. */
export class Things<T extends Thing> {
  readonly #byId = new Map<number, T>();
  readonly #leaving = new Set<T>();
  readonly #now: () => number;
  #lastId: number;

  constructor(now: () => number, firstId: number) {
    this.#now = now;
    this.#lastId = firstId - 1;
  }

  add(make: (id: number) => T): T {
    this.#lastId += 1;
    const thing = make(this.#lastId);
    this.#byId.set(thing.id, thing);
    return thing;
  }

  get(id: number): T | undefined {
    this.#sweep();
    return this.#byId.get(id);
  }

  /** Everything alive, the oldest first; a thing counts until its deletion is complete. */
  all(): T[] {
    this.#sweep();
    return [...this.#byId.values()];
  }

  /** Begins the deletion. Returns when it will be complete. */
  leave(thing: T, durationMs: number): number {
    const goneAtMs = this.#now() + durationMs;
    thing.life.goneAtMs = goneAtMs;
    this.#leaving.add(thing);
    return goneAtMs;
  }

  #sweep(): void {
    const nowMs = this.#now();
    for (const thing of this.#leaving) {
      if (!isGone(thing.life, nowMs)) continue;
      this.#byId.delete(thing.id);
      this.#leaving.delete(thing);
    }
  }
}
