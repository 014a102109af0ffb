import { type Call, ok, type Outcome } from "./outcome.ts";
import { existing } from "./refusal.ts";
import { taskView } from "./task-view.ts";

/** Those of all applications, also of those that are gone: there is no filter. */
export function listTasks({ panel, client }: Call): Outcome {
  const seen = [...panel.tasks.values()].filter((task) => panel.canSee(client, task));
  return ok(seen.map((task) => taskView(panel, task)));
}

export function getTask({ panel, client, params }: Call): Outcome {
  const { taskId: id = "" } = params;
  const task = panel.tasks.get(id);
  const isSeen = task !== undefined && panel.canSee(client, task);
  const text = { ru: `Задача ${id} не найдена`, en: `Task ${id} is not found` };
  return ok(taskView(panel, existing(isSeen ? task : undefined, text)));
}
