import type { PanelResult, ServiceAction } from "./panel-action.ts";
import type { Park } from "./park.ts";
import { conflict } from "./refusal.ts";

/** What the service is like, and for whom. */
export function performOnService(park: Park, action: ServiceAction): PanelResult {
  switch (action.action) {
    case "set-timings": {
      const { action: _, ...timings } = action;
      park.timings = { ...park.timings, ...timings };
      return {};
    }
    case "add-user":
      return addUser(park, action);
    case "set-user": {
      const { action: _, ...user } = action;
      park.accounts.setMain(user);
      return {};
    }
    case "set-state-path":
      park.statePath = action.statePath;
      return {};
    case "set-catalogue": {
      const { action: _, ...catalogue } = action;
      park.catalogue = { ...park.catalogue, ...catalogue };
      return {};
    }
    case "set-contract": {
      const { action: _, ...changes } = action;
      park.contractChanges = changes;
      return {};
    }
    case "set-master-only":
      park.masterOnly = action.sections;
      return {};
    case "pass-time":
      park.clock.pass(action.ms);
      return {};
  }
}

function addUser(park: Park, action: Extract<ServiceAction, { action: "add-user" }>): PanelResult {
  const { id = park.accounts.freeId(), email, company, active, limits } = action;
  if (park.accounts.get(id) !== undefined) throw conflict(`User ${id} exists`);
  const user = {
    id,
    email: email ?? `user-${id}@example.com`,
    company: company ?? null,
    active: active ?? true,
  };
  park.accounts.add(user, limits ?? {});
  return { id };
}
