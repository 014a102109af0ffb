import { setImmediate as nextTurn } from "node:timers/promises";
import type { RemoteThing } from "../core/observation.ts";
import { ProviderError } from "./errors.ts";
import { type Slice, sliceItems } from "./slice-items.ts";

/** Read for so long, others have their turn of the event loop. */
const TURN_MS = 5;
/** The clock is asked after so many items. */
const ITEMS_A_LOOK = 32;

interface Known {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly thing: RemoteThing;
}

/** Where the items of an answer are, and what else is in it. */
export type Slicing<Rest> = (bytes: Buffer) => Generator<Slice, Rest>;

export interface Part<Rest> {
  readonly things: readonly RemoteThing[];
  readonly rest: Rest;
}

/**
 * Reads the answers to one list request after the other. What is written in the same bytes as the last time is not parsed anew: the
 * very same thing is returned, so at rest a list costs its bytes and nothing else. Long lists are read in short turns.
 */
export class ListReader {
  readonly #what: string;
  readonly #read: (item: unknown) => RemoteThing;
  #known: ReadonlyMap<number, Known> = new Map();

  constructor(what: string, read: (item: unknown) => RemoteThing) {
    this.#what = what;
    this.#read = read;
  }

  /** Rejects with a ProviderError where the bytes are no complete list. */
  async read(bytes: Buffer): Promise<readonly RemoteThing[]> {
    const reading = this.begin();
    const { things } = await reading.add(bytes, sliceItems);
    reading.end();
    return things;
  }

  /** A list that is answered in several parts; what is known changes with its end. */
  begin(): {
    readonly add: <Rest>(bytes: Buffer, slicing: Slicing<Rest>) => Promise<Part<Rest>>;
    readonly end: () => void;
  } {
    const known = new Map<number, Known>();
    return {
      add: (bytes, slicing) => this.#add(bytes, slicing, known),
      end: () => {
        this.#known = known;
      },
    };
  }

  async #add<Rest>(
    bytes: Buffer,
    slicing: Slicing<Rest>,
    known: Map<number, Known>,
  ): Promise<Part<Rest>> {
    const things: RemoteThing[] = [];
    const slices = slicing(bytes);
    let turnEndsMs = performance.now() + TURN_MS;
    for (;;) {
      const next = this.#orUnreadable(() => slices.next());
      if (next.done === true) return { things, rest: next.value };
      const { start, end, hash } = next.value;
      const thing = this.#same(bytes, start, end, hash) ?? this.#parse(bytes, start, end);
      things.push(thing);
      known.set(hash, { bytes, start, end, thing });
      if (things.length % ITEMS_A_LOOK !== 0 || performance.now() < turnEndsMs) continue;
      await nextTurn();
      turnEndsMs = performance.now() + TURN_MS;
    }
  }

  #same(bytes: Buffer, start: number, end: number, hash: number): RemoteThing | undefined {
    const known = this.#known.get(hash);
    if (known === undefined) return undefined;
    // A hash is no proof; the bytes are.
    const isSame = known.bytes.compare(bytes, start, end, known.start, known.end) === 0;
    return isSame ? known.thing : undefined;
  }

  #parse(bytes: Buffer, start: number, end: number): RemoteThing {
    const text = bytes.toString("utf8", start, end);
    return this.#orUnreadable(() => this.#read(JSON.parse(text)));
  }

  #orUnreadable<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new ProviderError("unavailable", `${this.#what}: the answer is no list`);
    }
  }
}
