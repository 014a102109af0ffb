import type { Application } from "./application.ts";

/** All applications. Nothing runs in the background: work that has come to its end is finished when somebody looks. */
export class Applications {
  readonly #living = new Map<string, Application>();
  readonly #deleted = new Map<string, Application>();
  readonly #busy = new Set<Application>();
  readonly #now: () => number;
  /** Before this moment nothing is due: a list of ten thousand must not look through them ten thousand times. */
  #nextDueMs = Number.POSITIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(application: Application): void {
    this.#living.set(application.id, application);
  }

  get(id: string): Application | undefined {
    this.settle();
    return this.#living.get(id);
  }

  getDeleted(id: string): Application | undefined {
    this.settle();
    return this.#deleted.get(id);
  }

  /** Also those that are on their way out. */
  all(): Application[] {
    this.settle();
    return [...this.#living.values()];
  }

  allDeleted(): Application[] {
    this.settle();
    return [...this.#deleted.values()];
  }

  /** To be called where a job is given to an application. */
  watch(application: Application): void {
    this.#busy.add(application);
    this.#nextDueMs = Math.min(this.#nextDueMs, dueMsOf(application));
  }

  remove(application: Application): void {
    this.#living.delete(application.id);
    this.#deleted.set(application.id, application);
  }

  /** Finishes what is due, in the order in which it came to its end. */
  settle(): void {
    const nowMs = this.#now();
    if (nowMs < this.#nextDueMs) return;
    const due = [...this.#busy]
      .filter((application) => dueMsOf(application) <= nowMs)
      .toSorted((a, b) => dueMsOf(a) - dueMsOf(b));
    for (const application of due) {
      const { job } = application;
      this.#busy.delete(application);
      application.job = undefined;
      if (job === undefined) continue;
      if (job.phases.length > 0) application.restSinceMs = job.endMs;
      job.finish();
    }
    this.#nextDueMs = [...this.#busy].reduce(
      (earliest, application) => Math.min(earliest, dueMsOf(application)),
      Number.POSITIVE_INFINITY,
    );
  }
}

/** One whose work was cancelled is due at once, to be forgotten. */
function dueMsOf({ job }: Application): number {
  return job?.endMs ?? Number.NEGATIVE_INFINITY;
}
