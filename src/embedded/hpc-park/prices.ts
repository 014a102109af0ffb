/** Roubles for an hour, by a name of the catalogue. A name that is not there costs nothing. */
export type PriceTable = Readonly<Record<string, number>>;

export interface Prices {
  /** One GPU, by its type. */
  readonly gpu: PriceTable;
  /** The container itself, with or without a GPU, by its type. */
  readonly container: PriceTable;
  /** What a tariff makes of the price of container and GPUs: a factor, 1 where it is not there. */
  readonly tariff: PriceTable;
  /** The public address that each instance has, whatever its tariff. */
  readonly address: number;
  /** One gigabyte, by storage type. */
  readonly storageGb: PriceTable;
}

export const DEFAULT_PRICES: Prices = {
  gpu: { A100: 220, H100: 390, V100: 110, RTX4090: 95, RTX3090: 60, A40: 120, L40S: 160 },
  container: { pytorch: 4, tensorflow: 4, jupyter: 4, cuda: 3, ubuntu: 2 },
  // What a package paid in advance covers is not paid for again by the hour.
  tariff: { hourly: 1, monthly: 0.7, prepaid: 0 },
  address: 0.5,
  storageGb: { ssd: 0.02, hdd: 0.01, nvme: 0.03 },
};

/** How the service bills. What the contract leaves open is a switch here. */
export interface BillingTerms {
  readonly currency: string;
  /** What a stopped instance costs. Its storages cost the same, on or off: they are billed by themselves. */
  readonly stoppedInstances: "full-price" | "address-only" | "free";
  /** Whether 402 is answered once the running balance is used up, or only where nothing was ever paid in. */
  readonly refusesInDebt: boolean;
}

export const DEFAULT_TERMS: BillingTerms = {
  currency: "RUB",
  stoppedInstances: "full-price",
  refusesInDebt: false,
};

/** What the price of an instance follows from. */
export interface PricedInstance {
  readonly containerType: string;
  readonly gpuType: string;
  readonly gpuCount: number;
  readonly tariffType: string;
}

/** Roubles for an hour of an instance that is on. */
export function priceOfInstance(prices: Prices, instance: PricedInstance): number {
  const gpus = (prices.gpu[instance.gpuType] ?? 0) * instance.gpuCount;
  const container = prices.container[instance.containerType] ?? 0;
  const factor = prices.tariff[instance.tariffType] ?? 1;
  return (gpus + container) * factor + prices.address;
}

/** Roubles for an hour of an instance that is off. */
export function priceOfStopped(
  prices: Prices,
  { stoppedInstances }: BillingTerms,
  instance: PricedInstance,
): number {
  switch (stoppedInstances) {
    case "full-price":
      return priceOfInstance(prices, instance);
    case "address-only":
      return prices.address;
    case "free":
      return 0;
  }
}

/** Roubles for an hour of a storage. */
export function priceOfStorage(
  prices: Prices,
  storage: { readonly storageType: string; readonly sizeGb: number },
): number {
  return (prices.storageGb[storage.storageType] ?? 0) * storage.sizeGb;
}
