import type { Application } from "./application.ts";
import { requireUserLists } from "./create-application.ts";
import { findApplication } from "./find-application.ts";
import { type Call, ok, type Outcome } from "./outcome.ts";
import { existing } from "./refusal.ts";

/** The body as the contract has it. */
export interface UserListsConnect {
  readonly "user-lists"?: readonly string[];
}

export function listConnected(call: Call): Outcome {
  return ok(connectedView(findApplication(call)));
}

/** Adds to those that are connected already. */
export function connectUserLists(call: Call<UserListsConnect>): Outcome {
  const { panel, body } = call;
  const application = findApplication(call);
  const added = body["user-lists"] ?? [];
  requireUserLists(panel, added, panel.settings.missingNamedAs);
  application.userLists = [...new Set([...application.userLists, ...added])];
  return ok(connectedView(application), [panel.effect("changed", application)]);
}

export function disconnectUserList(call: Call): Outcome {
  const { panel, params } = call;
  const application = findApplication(call);
  const { UserListId: id = "" } = params;
  existing(
    application.userLists.find((list) => list === id),
    { ru: `Список пользователей ${id} не подключен`, en: `User list ${id} is not connected` },
  );
  application.userLists = application.userLists.filter((list) => list !== id);
  return ok(connectedView(application), [panel.effect("changed", application)]);
}

function connectedView({ userLists }: Application): Record<string, unknown> {
  return { "user-lists": userLists };
}
