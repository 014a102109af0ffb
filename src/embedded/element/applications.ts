import type { Application } from "./application.ts";

/** All applications. Nothing runs in the background: work that has come to its end is finished when somebody looks. */
export class Applications {
  readonly #living = new Map<string, Application>();
  readonly #deleted = new Map<string, Application>();
  readonly #busy = new Set<Application>();
  readonly #now: () => number;

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
  }

  remove(application: Application): void {
    this.#living.delete(application.id);
    this.#deleted.set(application.id, application);
  }

  /** Finishes what is due, in the order in which it came to its end. */
  settle(): void {
    const nowMs = this.#now();
    const due = [...this.#busy]
      .filter(({ job }) => job === undefined || job.endMs <= nowMs)
      .toSorted((a, b) => (a.job?.endMs ?? 0) - (b.job?.endMs ?? 0));
    for (const application of due) {
      const { job } = application;
      this.#busy.delete(application);
      application.job = undefined;
      if (job === undefined) continue;
      if (job.phases.length > 0) application.restSinceMs = job.endMs;
      job.finish();
    }
  }
}
