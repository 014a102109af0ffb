import { requireMoney } from "./bill.ts";
import { chargeInstance } from "./charge.ts";
import { begin, stateOf } from "./life.ts";
import { requireNamespace } from "./namespace.ts";
import { created, noContent, ok, type Call, type Outcome } from "./outcome.ts";
import { instanceView } from "./instance-view.ts";
import type { Park } from "./park.ts";
import { requireQuota } from "./quota.ts";
import { conflict, invalid, requireKnown } from "./refusal.ts";
import { usableStorages } from "./storage.ts";
import type { Owner, Thing } from "./thing.ts";

export interface Instance extends Thing<"on" | "off"> {
  readonly containerType: string;
  readonly namespaceId: number | null;
  gpuType: string;
  gpuCount: number;
  storageIds: readonly number[];
  readonly sshSupport: boolean;
  readonly tariffType: string;
}

/** The bodies as the contract has them; a request is validated before it comes here. */
export interface InstanceCreate {
  readonly label: string;
  readonly container_type: string;
  readonly namespace_id?: number | null;
  readonly gpu_type: string;
  readonly gpu_count: number;
  readonly storage_ids?: readonly number[];
  readonly ssh_support?: boolean;
  readonly ssh_key?: string | null;
  readonly tariff_type: string;
}

export interface InstanceResources {
  readonly gpu_type?: string;
  readonly gpu_count?: number;
  readonly storage_ids?: readonly number[];
}

export interface InstanceState {
  readonly state: "on" | "off";
}

export function listInstances({ park, token }: Call): Outcome {
  const instances = park.visible(token, "instance", park.instances);
  return ok(instances.map((instance) => instanceView(park, instance)));
}

export function getInstance(call: Call): Outcome {
  return ok(instanceView(call.park, find(call)));
}

export function createInstance(call: Call<Partial<InstanceCreate>>): Outcome {
  const { park, token, account } = call;
  const { catalogue } = park;
  const wanted = { ...instanceDefaults(park), ...call.body };
  requireKnown("container_type", wanted.container_type, catalogue.containerTypes);
  requireKnown("gpu_type", wanted.gpu_type, catalogue.gpuTypes);
  requireKnown("tariff_type", wanted.tariff_type, catalogue.tariffTypes);
  const hasKey = typeof wanted.ssh_key === "string" && wanted.ssh_key !== "";
  if (wanted.ssh_support === true && !hasKey) {
    throw invalid(["ssh_key"], "ssh_key is needed where ssh_support is true");
  }
  requireNamespace(park, token, wanted.namespace_id ?? null);
  usableStorages(park, token, wanted.storage_ids ?? []);
  const gpu = { type: wanted.gpu_type, count: wanted.gpu_count };
  requireQuota(park, account, { instances: 1, gpu });
  const instance = addInstance(park, park.ownerOf(token), wanted);
  return created(instanceView(park, instance), park.effect("created", "instance", instance));
}

/** What stands in for a field that is left out: by a person, or where the live description does not require it. */
export function instanceDefaults({ catalogue }: Park): InstanceCreate {
  return {
    label: "unnamed",
    container_type: catalogue.containerTypes[0] ?? "pytorch",
    gpu_type: catalogue.gpuTypes[0] ?? "A100",
    gpu_count: 1,
    tariff_type: catalogue.tariffTypes[0] ?? "hourly",
  };
}

/** Puts an instance into the park without asking whether it may be there. */
export function addInstance(park: Park, owner: Owner, wanted: InstanceCreate): Instance {
  const instance = park.instances.add((id) => ({
    id,
    ...park.birth(owner),
    label: wanted.label,
    containerType: wanted.container_type,
    namespaceId: wanted.namespace_id ?? null,
    gpuType: wanted.gpu_type,
    gpuCount: wanted.gpu_count,
    storageIds: [...new Set(wanted.storage_ids)],
    sshSupport: wanted.ssh_support ?? false,
    tariffType: wanted.tariff_type,
    life: { settled: "on" },
  }));
  begin(instance.life, "creating", "on", park.clock.now() + park.timings.createMs);
  chargeInstance(park, instance);
  return instance;
}

export function changeResources(call: Call<InstanceResources>): Outcome {
  const { park, token, account, body: wanted } = call;
  const instance = find(call);
  requireSettled(park, instance);
  const gpuType = wanted.gpu_type ?? instance.gpuType;
  const gpuCount = wanted.gpu_count ?? instance.gpuCount;
  if (wanted.gpu_type !== undefined) {
    requireKnown("gpu_type", gpuType, park.catalogue.gpuTypes);
  }
  const kept = new Set(instance.storageIds);
  const added = (wanted.storage_ids ?? []).filter((id) => !kept.has(id));
  usableStorages(park, token, added);
  const freed = gpuType === instance.gpuType ? instance.gpuCount : 0;
  requireQuota(park, account, { gpu: { type: gpuType, count: gpuCount - freed } });
  if (!applyResources(park, instance, wanted)) return ok(instanceView(park, instance));
  return ok(instanceView(park, instance), [park.effect("changed", "instance", instance)]);
}

/** Returns whether anything changed. The new values show at once, in state `updating`. */
export function applyResources(park: Park, instance: Instance, wanted: InstanceResources): boolean {
  const before = JSON.stringify([instance.gpuType, instance.gpuCount, instance.storageIds]);
  instance.gpuType = wanted.gpu_type ?? instance.gpuType;
  instance.gpuCount = wanted.gpu_count ?? instance.gpuCount;
  instance.storageIds = [...new Set(wanted.storage_ids ?? instance.storageIds)];
  const after = JSON.stringify([instance.gpuType, instance.gpuCount, instance.storageIds]);
  if (before === after) return false;
  const untilMs = park.clock.now() + park.timings.updateMs;
  begin(instance.life, "updating", instance.life.settled, untilMs);
  chargeInstance(park, instance);
  return true;
}

export function changeState(call: Call<InstanceState>): Outcome {
  const { park, account } = call;
  const instance = find(call);
  const { state } = call.body;
  requireSettled(park, instance);
  const isStarting = state === "on" && instance.life.settled === "off";
  if (isStarting && park.billingTerms.refusesInDebt) requireMoney(park, account);
  if (!applyPower(park, instance, state)) return ok(instanceView(park, instance));
  return ok(instanceView(park, instance), [park.effect("changed", "instance", instance)]);
}

/** Returns whether anything changed. */
export function applyPower(park: Park, instance: Instance, power: "on" | "off"): boolean {
  if (instance.life.settled === power) return false;
  const untilMs = park.clock.now() + park.timings.powerMs;
  begin(instance.life, power === "on" ? "starting" : "stopping", power, untilMs);
  chargeInstance(park, instance);
  return true;
}

/** Allowed in every state; of one that is on its way out it changes nothing. */
export function deleteInstance(call: Call): Outcome {
  const { park } = call;
  const instance = find(call);
  if (instance.life.goneAtMs !== undefined) return noContent([]);
  park.instances.leave(instance, park.timings.deleteMs);
  return noContent([park.effect("deleted", "instance", instance)]);
}

function find({ park, token, id }: Call): Instance {
  return park.find(token, "instance", park.instances, id);
}

function requireSettled(park: Park, instance: Instance): void {
  const state = stateOf(instance.life, park.clock.now());
  if (state === "on" || state === "off") return;
  throw conflict(`Instance ${instance.id} is in state ${state}`);
}
