import { tokenEffect } from "./account.ts";
import { addInstance, applyPower, applyResources, type Instance } from "./instance.ts";
import type { Ledger } from "./ledger.ts";
import { addNamespace } from "./namespace.ts";
import type { Effect } from "./outcome.ts";
import type { PanelAction } from "./panel-action.ts";
import type { Park } from "./park.ts";
import { notFound } from "./refusal.ts";
import { addStorage, applySize, type Storage } from "./storage.ts";
import type { Thing, ThingKind } from "./thing.ts";
import { grantKey, type Token } from "./tokens.ts";

export interface PanelResult {
  /** What was made or changed. */
  readonly id?: number;
  /** The value of a new token. */
  readonly token?: string;
}

interface Done extends PanelResult {
  readonly effects?: readonly Effect[];
}

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
    case "add-token":
    case "expire-token":
    case "revoke-token":
      return performOnToken(park, action);
    default:
      return configure(park, action);
  }
}

type Named<Name extends PanelAction["action"]> = Extract<PanelAction, { action: Name }>;

function create(
  park: Park,
  action: Named<"create-instance" | "create-storage" | "create-namespace">,
): Done {
  const token = action.token === undefined ? null : tokenNamed(park, action.token);
  switch (action.action) {
    case "create-instance": {
      const defaults = {
        container_type: park.catalogue.containerTypes[0] ?? "pytorch",
        gpu_type: Object.keys(park.catalogue.gpuTypes)[0] ?? "A100",
        gpu_count: 1,
        tariff_type: park.catalogue.tariffTypes[0] ?? "hourly",
      };
      const instance = addInstance(park, token, { ...defaults, ...action });
      return { id: instance.id, effects: [park.effect("created", "instance", instance)] };
    }
    case "create-storage": {
      const defaults = { storage_type: park.catalogue.storageTypes[0] ?? "ssd", size_gb: 10 };
      const storage = addStorage(park, token, { ...defaults, ...action });
      return { id: storage.id, effects: [park.effect("created", "storage", storage)] };
    }
    case "create-namespace": {
      const namespace = addNamespace(park, token, action.label);
      return { id: namespace.id, effects: [park.effect("created", "namespace", namespace)] };
    }
  }
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

function performOnToken(
  park: Park,
  action: Named<"add-token" | "expire-token" | "revoke-token">,
): Done {
  if (action.action === "add-token") {
    const { expires_at: expiresAt } = action;
    const expiry = expiresAt === undefined ? {} : { expiresAtMs: Date.parse(expiresAt) };
    const token = park.tokens.add({ ...action, ...expiry });
    return { id: token.id, token: token.value, effects: [tokenEffect(park, "created", token)] };
  }
  const token = tokenNamed(park, action.name);
  if (action.action === "expire-token") {
    token.expiresAtMs = park.clock.wall();
    return { id: token.id, effects: [tokenEffect(park, "changed", token)] };
  }
  park.tokens.remove(token);
  return { id: token.id, effects: [tokenEffect(park, "deleted", token)] };
}

function configure(
  park: Park,
  action: Named<"set-timings" | "set-limits" | "set-user" | "set-state-path">,
): Done {
  switch (action.action) {
    case "set-timings": {
      const { action: _, ...timings } = action;
      park.timings = { ...park.timings, ...timings };
      return {};
    }
    case "set-limits": {
      const { action: _, ...limits } = action;
      park.limits = limits;
      return {};
    }
    case "set-user": {
      const { action: _, ...user } = action;
      park.user = { ...park.user, ...user };
      return {};
    }
    case "set-state-path":
      park.statePath = action.statePath;
      return {};
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

function existing<T>(thing: T | undefined): T {
  if (thing === undefined) throw notFound();
  return thing;
}
