import type { Account } from "./accounts.ts";
import { requireMoney } from "./bill.ts";
import type { Park } from "./park.ts";
import { Refusal } from "./refusal.ts";

export interface Use {
  readonly instances: number;
  readonly storageGb: number;
  readonly gpus: ReadonlyMap<string, number>;
}

export interface Demand {
  readonly instances?: number;
  readonly storageGb?: number;
  readonly gpu?: { readonly type: string; readonly count: number };
}

/** What the user has now. A thing counts until it is gone, switched off or not. */
export function useOf(park: Park, { user }: Account): Use {
  const gpus = new Map<string, number>();
  let instances = 0;
  for (const instance of park.instances.all()) {
    if (instance.userId !== user.id) continue;
    instances += 1;
    gpus.set(instance.gpuType, (gpus.get(instance.gpuType) ?? 0) + instance.gpuCount);
  }
  const storages = park.storages.all().filter(({ userId }) => userId === user.id);
  return { instances, storageGb: storages.reduce((sum, { sizeGb }) => sum + sizeGb, 0), gpus };
}

/** Refuses what would go beyond the limits, or what there is no money for. */
export function requireQuota(park: Park, account: Account, demand: Demand): void {
  const { limits } = account;
  requireMoney(park, account);
  const hasLimit =
    limits.instances !== undefined || limits.storageGb !== undefined || limits.gpus !== undefined;
  if (!hasLimit) return;
  const use = useOf(park, account);
  const require = (
    what: string,
    used: number,
    more: number | undefined,
    limit: number | undefined,
  ): void => {
    if (limit === undefined || more === undefined || more <= 0 || used + more <= limit) return;
    throw new Refusal(
      limits.refuseWith ?? 403,
      `Quota exceeded: ${what} ${used} used, ${more} more wanted, limit ${limit}`,
    );
  };
  require("instance", use.instances, demand.instances, limits.instances);
  require("storage_gb", use.storageGb, demand.storageGb, limits.storageGb);
  if (demand.gpu === undefined) return;
  const { type, count } = demand.gpu;
  require(`gpu:${type}`, use.gpus.get(type) ?? 0, count, limits.gpus?.[type]);
}

export function limitViews(park: Park, account: Account): unknown[] {
  const use = useOf(park, account);
  const { limits } = account;
  const gpuTypes = new Set([
    ...park.catalogue.gpuTypes,
    ...Object.keys(limits.gpus ?? {}),
    ...use.gpus.keys(),
  ]);
  return [
    { resource: "instance", used: use.instances, limit: limits.instances ?? null },
    { resource: "storage_gb", used: use.storageGb, limit: limits.storageGb ?? null },
    ...[...gpuTypes].map((type) => ({
      resource: `gpu:${type}`,
      used: use.gpus.get(type) ?? 0,
      limit: limits.gpus?.[type] ?? null,
    })),
  ];
}
