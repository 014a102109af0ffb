import { identify, type Identity } from "./identity.ts";
import type { Observation, RemoteThing } from "./observation.ts";
import type { Resource } from "./resource.ts";

/**
 * Of a kind whose things have a value that is shown once, at creation: what is known of where it is kept. Where a thing's value is not
 * kept, nobody holds it, so the thing is of no use.
 */
export interface Kept {
  /** The thing whose value is kept; undefined where none is. */
  readonly id?: string | undefined;
  /** How long before its end a thing is replaced, in milliseconds; undefined where it is not. */
  readonly renewBeforeMs?: number | undefined;
  /** Milliseconds of the wall clock, in which things say when they end. */
  readonly wallClockMs: number;
}

export interface KeptFacts {
  readonly identity: Identity;
  /** Alive with our marker, and nobody holds the value of any of them. Those in use are left out. */
  readonly unheld: readonly RemoteThing[];
  /** Why the thing is to be replaced by another, while it goes on to work. */
  readonly due: string | undefined;
  /** The thing has come to its end. */
  readonly isOver: boolean;
}

/** Of several the one whose value is kept stays; without any it is the same as for every other kind. */
export function keptFactsOf(
  resource: Resource,
  observation: Observation,
  kept: Kept | undefined,
): KeptFacts {
  const found = identify(
    kept?.id === undefined ? resource : { ...resource, recordedId: kept.id },
    observation,
  );
  if (kept === undefined || found.is !== "ours")
    return { identity: found, unheld: [], due: undefined, isOver: false };
  const { thing } = found;
  const twins = found.twins.filter(isFree);
  const isHeld = thing.id === kept.id;
  const leftMs = (thing.endsAtMs ?? Infinity) - kept.wallClockMs;
  return {
    identity: { ...found, twins },
    unheld: isHeld ? [] : [thing, ...twins].filter((one) => isFree(one) && isAlive(one)),
    due: isHeld ? dueWord(thing, leftMs, kept) : "nobody holds its value",
    isOver: leftMs <= 0,
  };
}

function dueWord(thing: RemoteThing, leftMs: number, { renewBeforeMs }: Kept): string | undefined {
  if (renewBeforeMs === undefined || leftMs > renewBeforeMs) return undefined;
  return `it expires at ${new Date(thing.endsAtMs ?? 0).toISOString()}`;
}

function isFree({ usedBy }: RemoteThing): boolean {
  return usedBy.length === 0;
}

function isAlive({ phase }: RemoteThing): boolean {
  return phase !== "deleting";
}
