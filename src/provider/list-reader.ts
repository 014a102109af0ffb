import { setImmediate as nextTurn } from "node:timers/promises";
import type { RemoteThing } from "../core/observation.ts";
import { ProviderError } from "./errors.ts";
import { sliceItems } from "./slice-items.ts";

/** Read for so long, others have their turn of the event loop. */
const TURN_MS = 5;
/** The clock is asked after so many items. */
const ITEMS_A_LOOK = 32;

interface Known {
  readonly start: number;
  readonly end: number;
  readonly thing: RemoteThing;
}

/**
 * Reads the answers to one list request after the other. What is written in the same bytes as the last time is not parsed anew: the
 * very same thing is returned, so at rest a list costs its bytes and nothing else. Long lists are read in short turns.
 */
export class ListReader {
  readonly #what: string;
  readonly #read: (item: unknown) => RemoteThing;
  #bytes: Buffer = Buffer.alloc(0);
  #known: ReadonlyMap<number, Known> = new Map();

  constructor(what: string, read: (item: unknown) => RemoteThing) {
    this.#what = what;
    this.#read = read;
  }

  /** Rejects with a ProviderError where the bytes are no complete list. */
  async read(bytes: Buffer): Promise<readonly RemoteThing[]> {
    const things: RemoteThing[] = [];
    const known = new Map<number, Known>();
    let turnEndsMs = performance.now() + TURN_MS;
    for (const { start, end, hash } of this.#slices(bytes)) {
      const thing = this.#same(bytes, start, end, hash) ?? this.#parse(bytes, start, end);
      things.push(thing);
      known.set(hash, { start, end, thing });
      if (things.length % ITEMS_A_LOOK !== 0 || performance.now() < turnEndsMs) continue;
      await nextTurn();
      turnEndsMs = performance.now() + TURN_MS;
    }
    this.#bytes = bytes;
    this.#known = known;
    return things;
  }

  *#slices(bytes: Buffer): Generator<{ start: number; end: number; hash: number }> {
    try {
      yield* sliceItems(bytes);
    } catch (error) {
      throw error instanceof SyntaxError ? this.#unreadable() : error;
    }
  }

  #same(bytes: Buffer, start: number, end: number, hash: number): RemoteThing | undefined {
    const known = this.#known.get(hash);
    if (known === undefined) return undefined;
    // A hash is no proof; the bytes are.
    const isSame = this.#bytes.compare(bytes, start, end, known.start, known.end) === 0;
    return isSame ? known.thing : undefined;
  }

  #parse(bytes: Buffer, start: number, end: number): RemoteThing {
    const text = bytes.toString("utf8", start, end);
    try {
      return this.#read(JSON.parse(text));
    } catch (error) {
      throw error instanceof SyntaxError ? this.#unreadable() : error;
    }
  }

  #unreadable(): ProviderError {
    return new ProviderError("unavailable", `${this.#what}: the answer is no list`);
  }
}
