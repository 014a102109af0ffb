import type { Ledger } from "../simulator/ledger.ts";
import type {
  CatalogueAction,
  ClientAction,
  Done,
  PanelAction,
  PanelResult,
  ServiceAction,
} from "./panel-action.ts";
import type { Panel } from "./panel.ts";
import { performOnApplication } from "./perform-on-application.ts";
import { performOnCatalogue } from "./perform-on-catalogue.ts";
import { performOnClient } from "./perform-on-client.ts";

/** Does what a person would do behind the operator's back, and writes it into the ledger. */
export function performInPanel(panel: Panel, ledger: Ledger, action: PanelAction): PanelResult {
  panel.applications.settle();
  const { effects = [], ...result } = perform(panel, action);
  const entry = ledger.open({
    source: "panel",
    method: "PANEL",
    path: action.action,
    operation: action.action,
    clientId: "panel",
    body: "clientSecret" in action ? { ...action, clientSecret: "(hidden)" } : action,
    faults: [],
    effects,
  });
  ledger.close(entry, {});
  return result;
}

function perform(panel: Panel, action: PanelAction): Done {
  switch (action.action) {
    case "create-application":
    case "delete-application":
    case "edit-description":
    case "rename-application":
    case "set-drafts":
    case "start-application":
    case "stop-application":
    case "freeze-application":
    case "update-application":
    case "fail-application":
    case "set-status":
    case "fail-next-task":
      return performOnApplication(panel, action);
    default:
      return performElsewhere(panel, action);
  }
}

function performElsewhere(
  panel: Panel,
  action: CatalogueAction | ClientAction | ServiceAction,
): Done {
  switch (action.action) {
    case "add-assembly":
    case "add-user-list":
    case "add-space":
    case "set-quota":
      return performOnCatalogue(panel.catalogue, panel.timestamp(), action);
    case "add-client":
    case "set-rights":
    case "revoke-client":
    case "invalidate-tokens":
      return performOnClient(panel.clients, action);
    case "set-settings": {
      const { action: _, ...settings } = action;
      panel.settings = { ...panel.settings, ...settings };
      return {};
    }
    case "set-timings": {
      const { action: _, ...timings } = action;
      panel.timings = { ...panel.timings, ...timings };
      return {};
    }
    case "restart":
      panel.restart(action.ms);
      return {};
    case "pass-time":
      panel.clock.pass(action.ms);
      return {};
  }
}
