import {
  addInstance,
  applyPower,
  applyResources,
  type Instance,
  instanceDefaults,
} from "./instance.ts";
import type { Ledger } from "../simulator/ledger.ts";
import { addNamespace } from "./namespace.ts";
import type {
  Done,
  MoneyAction,
  PanelAction,
  PanelResult,
  ServiceAction,
  TokenAction,
} from "./panel-action.ts";
import { accountAt, performOnMoney } from "./panel-money.ts";
import { performOnService } from "./panel-service.ts";
import { performOnToken } from "./panel-token.ts";
import type { Park } from "./park.ts";
import { existing } from "./refusal.ts";
import { addStorage, applySize, type Storage, storageDefaults } from "./storage.ts";
import type { Owner, Thing, ThingKind } from "./thing.ts";
import { grantKey, type Token } from "./tokens.ts";

/** Does what a person would do behind the operator's back, and writes it into the ledger. */
export function performInPanel(park: Park, ledger: Ledger, action: PanelAction): PanelResult {
  const { effects = [], ...result } = perform(park, action);
  const entry = ledger.open({
    source: "panel",
    method: "PANEL",
    path: action.action,
    operation: action.action,
    clientId: "panel",
    body: "value" in action ? { ...action, value: "(hidden)" } : action,
    faults: [],
    effects,
  });
  ledger.close(entry, {});
  return result;
}

function perform(park: Park, action: PanelAction): Done {
  switch (action.action) {
    case "create-instance":
    case "create-storage":
    case "create-namespace":
      return create(park, action);
    case "set-label":
    case "delete":
    case "set-error":
    case "set-state":
    case "grant":
      return touch(park, action);
    case "set-power": {
      const instance = instanceAt(park, action.id);
      applyPower(park, instance, action.power);
      return changed(park, "instance", instance);
    }
    case "change-resources": {
      const instance = instanceAt(park, action.id);
      applyResources(park, instance, action);
      return changed(park, "instance", instance);
    }
    case "change-size": {
      const storage = storageAt(park, action.id);
      applySize(park, storage, action.size_gb);
      return changed(park, "storage", storage);
    }
    default:
      return performElsewhere(park, action);
  }
}

/** What is done to no thing in the park. */
function performElsewhere(park: Park, action: TokenAction | MoneyAction | ServiceAction): Done {
  switch (action.action) {
    case "add-token":
    case "expire-token":
    case "revoke-token":
      return performOnToken(park, action);
    case "set-prices":
    case "set-billing":
    case "set-limits":
    case "add-money":
    case "add-invoice":
    case "set-invoice":
    case "add-prepaid":
      return performOnMoney(park, action);
    default:
      return performOnService(park, action);
  }
}

type Named<Name extends PanelAction["action"]> = Extract<PanelAction, { action: Name }>;

function create(
  park: Park,
  action: Named<"create-instance" | "create-storage" | "create-namespace">,
): Done {
  const owner = ownerFor(park, action);
  switch (action.action) {
    case "create-instance": {
      const instance = addInstance(park, owner, { ...instanceDefaults(park), ...action });
      return { id: instance.id, effects: [park.effect("created", "instance", instance)] };
    }
    case "create-storage": {
      const storage = addStorage(park, owner, { ...storageDefaults(park), ...action });
      return { id: storage.id, effects: [park.effect("created", "storage", storage)] };
    }
    case "create-namespace": {
      const namespace = addNamespace(park, owner, action.label);
      return { id: namespace.id, effects: [park.effect("created", "namespace", namespace)] };
    }
  }
}

function ownerFor(park: Park, { token, user }: { token?: string; user?: number }): Owner {
  if (token !== undefined) return park.ownerOf(tokenNamed(park, token));
  return { tokenId: null, userId: accountAt(park, user).user.id };
}

function touch(
  park: Park,
  action: Named<"set-label" | "delete" | "set-error" | "set-state" | "grant">,
): Done {
  const { kind, id } = action;
  const thing: Thing = existing(park.things(kind).get(id));
  switch (action.action) {
    case "set-label":
      thing.label = action.label;
      return changed(park, kind, thing);
    case "delete":
      if (thing.life.goneAtMs !== undefined) return { id };
      leave(park, kind, id);
      return { id, effects: [park.effect("deleted", kind, thing)] };
    case "set-error":
      thing.life.forced = "error";
      thing.life.error = action.error;
      return changed(park, kind, thing);
    case "set-state":
      thing.life.forced = action.state ?? undefined;
      if (action.state === null) thing.life.error = undefined;
      return changed(park, kind, thing);
    case "grant":
      tokenNamed(park, action.token).grants.add(grantKey(kind, id));
      return { id };
  }
}

function leave(park: Park, kind: ThingKind, id: number): void {
  const { deleteMs } = park.timings;
  switch (kind) {
    case "instance":
      park.instances.leave(instanceAt(park, id), deleteMs);
      return;
    case "storage":
      park.storages.leave(storageAt(park, id), deleteMs);
      return;
    case "namespace":
      park.namespaces.leave(existing(park.namespaces.get(id)), 0);
  }
}

function changed(park: Park, kind: ThingKind, thing: Thing): Done {
  return { id: thing.id, effects: [park.effect("changed", kind, thing)] };
}

function instanceAt(park: Park, id: number): Instance {
  return existing(park.instances.get(id));
}

function storageAt(park: Park, id: number): Storage {
  return existing(park.storages.get(id));
}

function tokenNamed(park: Park, name: string): Token {
  return existing(park.tokens.named(name));
}
