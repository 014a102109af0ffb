import { chargeStorage } from "./charge.ts";
import { begin, stateOf } from "./life.ts";
import { requireNamespace } from "./namespace.ts";
import { created, noContent, ok, type Call, type Outcome } from "./outcome.ts";
import type { Park } from "./park.ts";
import { requireQuota } from "./quota.ts";
import { conflict, invalid, requireKnown } from "./refusal.ts";
import type { Owner, Thing } from "./thing.ts";
import type { Token } from "./tokens.ts";

export interface Storage extends Thing<"ready"> {
  readonly storageType: string;
  sizeGb: number;
  readonly namespaceId: number | null;
}

/** The body as the contract has it; a request is validated before it comes here. */
export interface StorageCreate {
  readonly label: string;
  readonly storage_type: string;
  readonly size_gb: number;
  readonly namespace_id?: number | null;
}

export function listStorages({ park, token }: Call): Outcome {
  const users = usersByStorage(park);
  const storages = park.visible(token, "storage", park.storages);
  return ok(storages.map((storage) => storageView(park, storage, users)));
}

export function getStorage(call: Call): Outcome {
  return ok(storageView(call.park, find(call)));
}

export function createStorage(call: Call<Partial<StorageCreate>>): Outcome {
  const { park, token, account } = call;
  const wanted = { ...storageDefaults(park), ...call.body };
  requireKnown("storage_type", wanted.storage_type, park.catalogue.storageTypes);
  requireNamespace(park, token, wanted.namespace_id ?? null);
  requireQuota(park, account, { storageGb: wanted.size_gb });
  const storage = addStorage(park, park.ownerOf(token), wanted);
  return created(storageView(park, storage), park.effect("created", "storage", storage));
}

/** What stands in for a field that is left out: by a person, or where the live description does not require it. */
export function storageDefaults({ catalogue }: Park): StorageCreate {
  const [storageType = "ssd"] = catalogue.storageTypes;
  return { label: "unnamed", storage_type: storageType, size_gb: 10 };
}

/** Puts a storage into the park without asking whether it may be there. */
export function addStorage(park: Park, owner: Owner, wanted: StorageCreate): Storage {
  const storage = park.storages.add((id) => ({
    id,
    ...park.birth(owner),
    label: wanted.label,
    storageType: wanted.storage_type,
    sizeGb: wanted.size_gb,
    namespaceId: wanted.namespace_id ?? null,
    life: { settled: "ready" },
  }));
  begin(storage.life, "creating", "ready", park.clock.now() + park.timings.storageMs);
  chargeStorage(park, storage);
  return storage;
}

export function growStorage(call: Call<{ readonly size_gb: number }>): Outcome {
  const { park, account } = call;
  const storage = find(call);
  const { size_gb: sizeGb } = call.body;
  requireReady(park, storage);
  if (sizeGb < storage.sizeGb) {
    throw invalid(["size_gb"], `A storage cannot shrink: it has ${storage.sizeGb} GB`);
  }
  requireQuota(park, account, { storageGb: sizeGb - storage.sizeGb });
  if (!applySize(park, storage, sizeGb)) return ok(storageView(park, storage));
  return ok(storageView(park, storage), [park.effect("changed", "storage", storage)]);
}

/** Returns whether anything changed. */
export function applySize(park: Park, storage: Storage, sizeGb: number): boolean {
  if (storage.sizeGb === sizeGb) return false;
  storage.sizeGb = sizeGb;
  begin(storage.life, "updating", "ready", park.clock.now() + park.timings.storageMs);
  chargeStorage(park, storage);
  return true;
}

export function deleteStorage(call: Call): Outcome {
  const { park } = call;
  const storage = find(call);
  const users = usersByStorage(park).get(storage.id) ?? [];
  if (users.length > 0) {
    throw conflict(`Storage ${storage.id} is used by instances ${users.join(", ")}`);
  }
  if (storage.life.goneAtMs !== undefined) return noContent([]);
  park.storages.leave(storage, park.timings.deleteMs);
  return noContent([park.effect("deleted", "storage", storage)]);
}

/** Refuses storages that are not there, not the token's, or not ready. */
export function usableStorages(park: Park, token: Token, ids: readonly number[]): void {
  for (const [index, id] of ids.entries()) {
    const storage = park.storages.get(id);
    if (storage === undefined || !park.canSee(token, "storage", storage)) {
      throw invalid(["storage_ids", index], `Storage ${id} does not exist`);
    }
    requireReady(park, storage);
  }
}

/** The contract's Storage. */
export function storageView(
  park: Park,
  storage: Storage,
  users: ReadonlyMap<number, readonly number[]> = usersByStorage(park),
): Record<string, unknown> {
  return {
    id: storage.id,
    label: storage.label,
    storage_type: storage.storageType,
    size_gb: storage.sizeGb,
    namespace_id: storage.namespaceId,
    instance_ids: users.get(storage.id) ?? [],
    state: stateOf(storage.life, park.clock.now()),
    error: storage.life.error ?? null,
    created_at: storage.createdAt,
  };
}

/** Worked out once per answer: no index to keep true. An instance uses its storages until it is gone. */
function usersByStorage(park: Park): Map<number, number[]> {
  const users = new Map<number, number[]>();
  for (const instance of park.instances.all()) {
    for (const id of instance.storageIds) {
      const known = users.get(id);
      if (known === undefined) users.set(id, [instance.id]);
      else known.push(instance.id);
    }
  }
  return users;
}

function find({ park, token, id }: Call): Storage {
  return park.find(token, "storage", park.storages, id);
}

function requireReady(park: Park, storage: Storage): void {
  const state = stateOf(storage.life, park.clock.now());
  if (state !== "ready") throw conflict(`Storage ${storage.id} is in state ${state}`);
}
