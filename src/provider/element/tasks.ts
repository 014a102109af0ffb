import type { RemoteThing } from "../../core/observation.ts";
import type { Answer } from "../answer.ts";
import { hasFailed, isUnderWay } from "./application-state.ts";
import type { Panel } from "./panel.ts";

/** What failed of a change that was asked for. */
export interface FailedTask {
  /** The panel's own words; undefined where it gives none. */
  readonly words: string | undefined;
  readonly groupId: string | undefined;
}

type LastFailure = FailedTask & { readonly isOver: boolean };

/** What became of a change that was asked for, as far as the tasks tell. */
export type Fate = { readonly is: "under way" } | ({ readonly is: "failed" } & FailedTask);

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
  readonly #told = new WeakMap<RemoteThing, LastFailure>();
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

  /**
   * What became of the change of `operation` that was asked for after `after`; older tasks do not count. Undefined where no task tells: it was
   * never begun, or is done.
   */
  async fateOf(
    applicationId: string,
    operation: "update" | "technology",
    after: string,
  ): Promise<Fate | undefined> {
    const since = (await this.#of(applicationId)).filter((task) => isLater(task, after));
    const newest = since.toSorted(byStart).at(-1);
    // One after the other: what is not the newest is not under way, whatever is still said of it.
    if (newest !== undefined && isUnderWay(newest) && isAbout(newest, operation))
      return { is: "under way" };
    const failure = lastOf(since.filter((task) => hasFailed(task) && isAbout(task, operation)));
    return failure && { is: "failed", ...failure };
  }

  /**
   * The last of an application's tasks that failed, and whether something else has come about since. Asked for once as long as the list
   * shows the application as it was: many in error would cost as many lists of tasks in every tick.
   */
  async lastFailureOf(thing: RemoteThing): Promise<LastFailure | undefined> {
    const known = this.#told.get(thing);
    if (known !== undefined) return known;
    const all = await this.#of(thing.id);
    const failure = lastOf(all.filter(hasFailed));
    const last = all.toSorted(byStart).at(-1);
    if (failure === undefined) return undefined;
    const told = { ...failure, isOver: last !== undefined && !hasFailed(last) };
    this.#told.set(thing, told);
    return told;
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
  const words = last.words("error-message");
  return { words: words === "" ? undefined : words, groupId: last.text("group-id") };
}

/** What waits for its turn has not begun, so it begins later than anything. */
function isLater(task: Answer, after: string): boolean {
  const start = task.text("start-date") ?? "";
  return start === "" ? isUnderWay(task) : byTime(start, after) > 0;
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
