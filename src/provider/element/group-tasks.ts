import type { Asked } from "../../core/asked.ts";
import type { RemoteThing } from "../../core/observation.ts";
import { Answer } from "../answer.ts";
import { ProviderError } from "../errors.ts";
import type { Write } from "../port.ts";
import { cleanWords } from "../words.ts";
import { hasFailed, isUnderWay } from "./application-state.ts";
import type { Panel } from "./panel.ts";
import type { Tasks } from "./tasks.ts";

/** More than are on the way at a time. */
const MAX_KNOWN = 10_000;

/** Changes of the technology version, which the panel does as tasks of groups; here a group is always of one application. */
export class GroupTasks {
  readonly #panel: Panel;
  /** By application. Lost with the process: the application's own tasks name the group as well. */
  readonly #begun = new Map<string, string>();

  constructor(panel: Panel) {
    this.#panel = panel;
  }

  async begin(applicationId: string, version: string, write: Write): Promise<void> {
    const what = "update technology";
    // What became of the one before says nothing of this one, also where nobody learns its id.
    this.#begun.delete(applicationId);
    const body = await this.#panel.demand(
      {
        method: "POST",
        path: "/tasks/group-tasks/update-applications-technology",
        lane: "update",
        json: { "technology-version": version, applications: [applicationId] },
      },
      what,
      write,
    );
    if (this.#begun.size >= MAX_KNOWN) this.#begun.clear();
    this.#begun.set(applicationId, new Answer(body, what).textId);
  }

  /** What became of the group: still under way, failed, or done as far as the group goes. */
  async follow(
    thing: RemoteThing,
    asked: Asked,
    tasks: Tasks,
    signal: AbortSignal,
  ): Promise<RemoteThing> {
    const id = this.#begun.get(thing.id);
    const fate = await tasks.fateOf(thing.id, "technology", asked.after);
    if (fate?.is === "under way") return onTheWay(thing);
    const groupId = id ?? fate?.groupId;
    const group =
      groupId === undefined
        ? undefined
        : await this.#panel.get(pathOf(groupId), "get group", signal);
    const answer = group === undefined ? undefined : new Answer(group, "get group");
    if (answer !== undefined && isGroupUnderWay(answer)) return onTheWay(thing);
    const hasGroupFailed = answer !== undefined && (hasFailed(answer) || isTrue(answer));
    if (fate === undefined && !hasGroupFailed) return thing;
    const words = fate?.words ?? answer?.words("error-message") ?? "no reason given";
    return { ...thing, setback: setbackOf(words) };
  }
}

/** What the panel calls a group that is over is not documented; its tasks have their ends. */
function isGroupUnderWay(group: Answer): boolean {
  const tasks = group.objects("tasks");
  return isUnderWay(group) && (tasks.length === 0 || tasks.some(isUnderWay));
}

function onTheWay(thing: RemoteThing): RemoteThing {
  const message = "the panel is changing its technology version";
  return { ...thing, phase: "busy", headline: { reason: "Updating", message } };
}

/** Some versions write a flag as text. */
function isTrue(group: Answer): boolean {
  return group.boolean("any-failure") ?? group.text("any-failure")?.toLowerCase() === "true";
}

function setbackOf(words: string): NonNullable<RemoteThing["setback"]> {
  return {
    operations: ["technology"],
    reason: "TechnologyNotChanged",
    message: `the technology version was not changed: ${cleanWords(words)}; put another into spec.technologyVersion, or take the annotation element.1c.ru/change off to try this one again`,
  };
}

function pathOf(groupId: string): string {
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(groupId))
    throw new ProviderError("unavailable", "get group: its id is none");
  return `/tasks/group-tasks/${groupId}`;
}
