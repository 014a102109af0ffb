import type { ManagedObject } from "../../src/controller/managed-object.ts";
import type { Store } from "../../src/kube/store.ts";
import type { Commit } from "./model-cluster.ts";
import type { Replacements } from "./replacements.ts";
import type { Process, Surroundings } from "./surroundings.ts";

const WATCH_LAG_MS = 10;

/** How a silence ends: the watch goes on where it was, or begins anew with a list. */
export type SilenceEnding = "goes on" | "relists";

interface WatchParts {
  readonly surroundings: Surroundings;
  readonly process: Process;
  readonly store: Store<ManagedObject>;
  readonly cached: Replacements["cached"];
}

/** In the reflector's place: fills the store of one process with a list and with what is committed afterwards. */
export class ModelWatch {
  readonly #parts: WatchParts;
  #silentUntilMs = 0;
  #backlog: Commit[] = [];
  #listedRevision = 0;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  list(): void {
    const { surroundings, store } = this.#parts;
    const { cluster } = surroundings;
    this.#listedRevision = cluster.revision;
    const objects = cluster.list();
    for (const object of objects) this.#tellJudge(object);
    // So few are taken in at once.
    void store.replace(
      undefined,
      objects.map((object) => this.#cached(object)),
    );
  }

  follow(commit: Commit): void {
    const { clock } = this.#parts.surroundings;
    clock.after(WATCH_LAG_MS, () => {
      if (this.#parts.process.isDead) return;
      if (this.#backlog.length > 0 || clock.now() < this.#silentUntilMs) this.#backlog.push(commit);
      else this.#apply(commit);
    });
  }

  silence(untilMs: number, ending: SilenceEnding): void {
    const { clock } = this.#parts.surroundings;
    this.#silentUntilMs = Math.max(this.#silentUntilMs, untilMs);
    clock.at(untilMs, () => this.#hear(ending));
  }

  #hear(ending: SilenceEnding): void {
    const { clock } = this.#parts.surroundings;
    if (this.#parts.process.isDead || clock.now() < this.#silentUntilMs) return;
    const backlog = this.#backlog.splice(0);
    if (ending === "goes on") for (const commit of backlog) this.#apply(commit);
    else this.list();
  }

  /** A watch begins where the list ended. */
  #apply({ before, after, revision }: Commit): void {
    const { store } = this.#parts;
    const told = after ?? before;
    if (revision <= this.#listedRevision || told === undefined) return;
    this.#tellJudge(told);
    if (after !== undefined) store.put(this.#cached(after));
    else store.remove(told);
  }

  #tellJudge(object: ManagedObject): void {
    const { surroundings, process } = this.#parts;
    surroundings.invariants.told(object, process);
  }

  #cached(object: ManagedObject): ManagedObject {
    return this.#parts.cached?.(object) ?? object;
  }
}
