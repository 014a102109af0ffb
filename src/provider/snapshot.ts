import type { CredentialName } from "../core/credential.ts";
import { markerOf } from "../core/marker.ts";
import type { RemoteThing } from "../core/observation.ts";

/** One complete list of an account's things of one kind, indexed. Never changed once made. */
export class Snapshot {
  /** When its request began, in monotonic milliseconds: it shows nothing older, and may miss what came later. */
  readonly lookedAtMs: number;
  /** What it was seen with; another credential may see other things. */
  readonly credential: CredentialName;
  readonly #byId: ReadonlyMap<string, RemoteThing>;
  /** Most markers have one thing, which needs no list of its own. */
  readonly #byMarker: ReadonlyMap<string, RemoteThing | readonly RemoteThing[]>;

  constructor(lookedAtMs: number, credential: CredentialName, things: readonly RemoteThing[]) {
    this.lookedAtMs = lookedAtMs;
    this.credential = credential;
    this.#byId = new Map(things.map((thing) => [thing.id, thing]));
    const byMarker = new Map<string, RemoteThing | readonly RemoteThing[]>();
    for (const thing of this.#byId.values()) {
      const marker = markerOf(thing.label);
      if (marker === undefined) continue;
      const others = byMarker.get(marker);
      byMarker.set(
        marker,
        others === undefined ? thing : [...listOf(others), thing].sort(byLowestId),
      );
    }
    this.#byMarker = byMarker;
  }

  get size(): number {
    return this.#byId.size;
  }

  byId(id: string): RemoteThing | undefined {
    return this.#byId.get(id);
  }

  /** Lowest id first. */
  byMarker(marker: string): readonly RemoteThing[] {
    return listOf(this.#byMarker.get(marker) ?? []);
  }

  /** All that things bear, each once. */
  markers(): Iterable<string> {
    return this.#byMarker.keys();
  }

  things(): Iterable<RemoteThing> {
    return this.#byId.values();
  }
}

/** Ids and markers of what a snapshot shows otherwise than the one before it: new, changed or gone. */
export interface SnapshotChanges {
  readonly ids: ReadonlySet<string>;
  readonly markers: ReadonlySet<string>;
}

export function changesBetween(before: Snapshot | undefined, after: Snapshot): SnapshotChanges {
  const ids = new Set<string>();
  const markers = new Set<string>();
  const note = (thing: RemoteThing): void => {
    ids.add(thing.id);
    const marker = markerOf(thing.label);
    if (marker !== undefined) markers.add(marker);
  };
  for (const thing of after.things()) {
    const previous = before?.byId(thing.id);
    if (previous !== undefined && isSame(previous, thing)) continue;
    note(thing);
    if (previous !== undefined) note(previous);
  }
  for (const thing of before?.things() ?? []) {
    if (after.byId(thing.id) === undefined) note(thing);
  }
  return { ids, markers };
}

function isSame(a: RemoteThing, b: RemoteThing): boolean {
  // What a list shows in the same bytes as the one before is the same thing.
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function listOf(things: RemoteThing | readonly RemoteThing[]): readonly RemoteThing[] {
  return "id" in things ? [things] : things;
}

/** Numeric where both are, so that 9 comes before 10. */
function byLowestId(a: RemoteThing, b: RemoteThing): number {
  const difference = Number(a.id) - Number(b.id);
  return Number.isNaN(difference) ? a.id.localeCompare(b.id) : difference;
}
