import type { ManagedObject } from "../../src/controller/managed-object.ts";
import { markerOf } from "../../src/core/marker.ts";
import type { ModelPark, Post } from "./model-park.ts";
import { isAlive } from "./mutation-judge.ts";
import { markerOfName, nameOfMarker } from "./names.ts";
import { QUIET_MS } from "./surroundings.ts";
import type { VirtualClock } from "./virtual-clock.ts";

interface JournalEntry {
  readonly process: number;
  readonly spec: ManagedObject["spec"];
  isUsed: boolean;
  /** A person tore it away before the request left. */
  isDisowned: boolean;
}

interface Parts {
  readonly clock: VirtualClock;
  readonly park: ModelPark;
  /** When the latest list that this process was given began. */
  readonly listBeganMs: (process: number) => number;
  readonly isExcused: (id: number) => boolean;
  readonly blame: (words: string) => void;
}

/** Judges every create request as it leaves: its journal was written first, and the outcome of the one before is known. */
export class CreateJudge {
  readonly #parts: Parts;
  readonly #journal = new Map<string, JournalEntry>();
  readonly #lastPost = new Map<string, Post>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The intent to create was committed. */
  journalled({ metadata, spec }: ManagedObject, process: number): void {
    this.#journal.set(markerOfName(metadata.name), {
      process,
      spec,
      isUsed: false,
      isDisowned: false,
    });
  }

  leaves(body: unknown, process: number): Post {
    const label = labelOf(body);
    const marker = markerOf(label) ?? "";
    const entry = this.#journal.get(marker);
    this.#checkJournal(label, entry, process);
    this.#checkNotBlind(marker, process);
    const post: Post = {
      marker,
      leftMs: this.#parts.clock.now(),
      process,
      made: [],
      isRefused: false,
      isAnswered: false,
      isDisowned: entry?.isDisowned ?? false,
    };
    this.#lastPost.set(marker, post);
    return post;
  }

  answered(post: Post, isRefusal: boolean, isCreated: boolean): void {
    if (isRefusal) post.isRefused = true;
    else if (isCreated) post.isAnswered = true;
  }

  /** A person took away what tells of the request: nobody can answer for it. */
  disown(marker: string): void {
    const post = this.#lastPost.get(marker);
    if (post !== undefined) post.isDisowned = true;
    const entry = this.#journal.get(marker);
    if (entry !== undefined) entry.isDisowned = true;
  }

  #checkJournal(label: string, entry: JournalEntry | undefined, process: number): void {
    if (entry === undefined || entry.isUsed || entry.process !== process) {
      this.#parts.blame(`journal first: a create request for ${label} left without a journal`);
      return;
    }
    entry.isUsed = true;
    if (entry.spec.adopt !== undefined || entry.spec.managementPolicy === "ObserveOnly")
      this.#parts.blame(`ownership: ${label} is to be adopted or observed, never created`);
  }

  #checkNotBlind(marker: string, process: number): void {
    const { clock, park, listBeganMs, isExcused, blame } = this.#parts;
    const before = this.#lastPost.get(marker);
    if (before === undefined || before.isRefused || before.isDisowned) return;
    if (listBeganMs(process) >= before.leftMs + QUIET_MS) return;
    const isOver = (id: number): boolean => isExcused(id) || !isAlive(park.find(id));
    if (before.made.length > 0 && before.made.every(isOver)) return;
    blame(
      `no blind create: ${nameOfMarker(marker)} is asked for at ${clock.now()} ms, after a request at ${before.leftMs} ms whose outcome was open`,
    );
  }
}

function labelOf(body: unknown): string {
  return typeof body === "object" && body !== null && "label" in body ? String(body.label) : "";
}
