import type { Answer } from "../answer.ts";
import { hasFailed } from "./application-state.ts";
import type { Panel } from "./panel.ts";

/** What failed of a change that was asked for. */
export interface FailedTask {
  /** The panel's own words; undefined where it gives none. */
  readonly words: string | undefined;
  readonly groupId: string | undefined;
}

/** Tasks that say nothing about a build or a technology. */
const OTHERS = /dump|backup|delete|start|stop|suspend|restore|userlist/i;
const TECHNOLOGY = /technolog/i;

/**
 * The tasks of all applications, which the panel lists without a filter. Who asks while they are being read waits for the next reading:
 * it shows what is true now, and all who wait share it.
 */
export class Tasks {
  readonly #panel: Panel;
  readonly #signal: AbortSignal;
  #running: Promise<unknown> | undefined;
  #next: Promise<readonly Answer[]> | undefined;

  /** @param signal Ends every reading: they are shared, so no single caller may. */
  constructor(panel: Panel, signal: AbortSignal) {
    this.#panel = panel;
    this.#signal = signal;
  }

  /** When the newest task of an application began, by the panel's clock; empty where it never had one. */
  async newestOf(applicationId: string): Promise<string> {
    const starts = (await this.#of(applicationId)).map((task) => task.text("start-date") ?? "");
    return starts.toSorted(byTime).at(-1) ?? "";
  }

  /** The last change of `operation` that failed and began later than `after`; older ones do not count. */
  async failureOf(
    applicationId: string,
    operation: "update" | "technology",
    after: string,
  ): Promise<FailedTask | undefined> {
    const failed = (await this.#of(applicationId)).filter(
      (task) =>
        hasFailed(task) &&
        isAbout(task, operation) &&
        byTime(task.text("start-date") ?? "", after) > 0,
    );
    return lastOf(failed);
  }

  /** The last of an application's tasks that failed, and whether something else has come about since. */
  async lastFailureOf(
    applicationId: string,
  ): Promise<(FailedTask & { readonly isOver: boolean }) | undefined> {
    const all = await this.#of(applicationId);
    const failure = lastOf(all.filter(hasFailed));
    const last = all.toSorted(byStart).at(-1);
    return failure && { ...failure, isOver: last !== undefined && !hasFailed(last) };
  }

  async #of(applicationId: string): Promise<readonly Answer[]> {
    const tasks = await this.#read();
    return tasks.filter((task) => task.text("application-id") === applicationId);
  }

  #read(): Promise<readonly Answer[]> {
    this.#next ??= this.#readNext();
    return this.#next;
  }

  async #readNext(): Promise<readonly Answer[]> {
    await this.#running?.catch(() => undefined);
    this.#next = undefined;
    const path = "/tasks/application-tasks";
    const reading = this.#panel.list(path, "list tasks", ["items", "content"], this.#signal);
    this.#running = reading;
    return reading;
  }
}

function isAbout(task: Answer, operation: "update" | "technology"): boolean {
  const type = task.text("operation-type") ?? "";
  return TECHNOLOGY.test(type) === (operation === "technology") && !OTHERS.test(type);
}

function lastOf(failed: readonly Answer[]): FailedTask | undefined {
  const last = failed.toSorted(byStart).at(-1);
  if (last === undefined) return undefined;
  const words = last.text("error-message");
  return { words: words === "" ? undefined : words, groupId: last.text("group-id") };
}

function byStart(a: Answer, b: Answer): number {
  return byTime(a.text("start-date") ?? "", b.text("start-date") ?? "");
}

/** The panel's dates, compared with each other alone; what is no date counts as the oldest. */
export function byTime(a: string, b: string): number {
  return momentOf(a) - momentOf(b);
}

function momentOf(text: string): number {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? -8.64e15 : ms;
}
