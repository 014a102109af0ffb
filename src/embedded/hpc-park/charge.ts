import type { Instance } from "./instance.ts";
import type { Park } from "./park.ts";
import { priceOfInstance, priceOfStopped, priceOfStorage } from "./prices.ts";
import type { Storage } from "./storage.ts";

/**
 * Tells the meter what an instance costs from now on. To be called after whatever its price follows from has changed. One
 * that stops costs its full price until it is off; one that starts does so at once.
 */
export function chargeInstance(park: Park, instance: Instance): void {
  const { life } = instance;
  const nowMs = park.clock.now();
  const full = priceOfInstance(park.prices, instance);
  const stopped = priceOfStopped(park.prices, park.billingTerms, instance);
  const { transition } = life;
  const stopsAtMs =
    transition?.state === "stopping" && transition.untilMs > nowMs ? transition.untilMs : nowMs;
  const rates =
    life.settled === "on"
      ? [{ fromMs: nowMs, perHour: full }]
      : [
          ...(stopsAtMs > nowMs ? [{ fromMs: nowMs, perHour: full }] : []),
          { fromMs: stopsAtMs, perHour: stopped },
        ];
  park.meter.charge("instance", instance, rates);
}

export function chargeStorage(park: Park, storage: Storage): void {
  const perHour = priceOfStorage(park.prices, storage);
  park.meter.charge("storage", storage, [{ fromMs: park.clock.now(), perHour }]);
}

/** After a change of prices or terms. What has been billed stays as it is. */
export function chargeAll(park: Park): void {
  for (const instance of park.instances.all()) chargeInstance(park, instance);
  for (const storage of park.storages.all()) chargeStorage(park, storage);
}
