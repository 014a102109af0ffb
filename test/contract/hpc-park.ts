import { startSimulator } from "../../src/embedded/hpc-park/simulator.ts";
import type { ThingKind } from "../../src/embedded/hpc-park/thing.ts";
import { hpcAccountPort } from "../../src/provider/hpc-park/account-port.ts";
import { instanceKind } from "../../src/provider/hpc-park/instance.ts";
import { namespaceKind } from "../../src/provider/hpc-park/namespace.ts";
import { storageKind } from "../../src/provider/hpc-park/storage.ts";
import { HandClock } from "../unit/embedded/element/panel-client.ts";
import type { ProviderUnderTest, Simulated } from "./provider-under-test.ts";

const STEP_MS = 100;
const TIMINGS = {
  createMs: STEP_MS,
  deleteMs: STEP_MS,
  updateMs: STEP_MS,
  powerMs: STEP_MS,
  storageMs: STEP_MS,
};
const HOUR_MS = 3_600_000;
const INSTANCE = {
  containerType: "pytorch",
  gpuType: "A100",
  gpuCount: 1,
  tariffType: "hourly",
  power: "On",
};
const STORAGE = { storageType: "ssd", sizeGb: 10 };

async function simulate(kind: ThingKind): Promise<Simulated> {
  const clock = new HandClock();
  const simulator = await startSimulator({ clock, timings: TIMINGS });
  return {
    url: simulator.url,
    faults: simulator.faults,
    ledger: simulator.ledger,
    credential: simulator.masterToken,
    secrets: [simulator.masterToken],
    wallClock: () => new Date(clock.wall()),
    settle: () => clock.advance(STEP_MS),
    count: () => simulator.park.things(kind).all().length,
    replaceCredential: () => {
      const value = "aNoThErAnOtHeRaNoThErAnOtHeRaNoThErAnOtHeR0";
      simulator.perform({ action: "add-token", name: "second", value, master: true });
      simulator.perform({ action: "revoke-token", name: "master" });
      return value;
    },
    close: simulator.close,
  };
}

const common = (kind: ThingKind, section: string) =>
  ({
    operations: {
      list: `list${section}s`,
      get: `get${section}`,
      create: `create${section}`,
      remove: `delete${section}`,
    },
    absentId: "999999",
    refusal: (words: string) => ({ status: 422, body: { detail: words } }),
    simulate: () => simulate(kind),
    accountPort: ({ guard, timeoutMs, wallClock, signal }) =>
      hpcAccountPort({
        guard,
        timeoutMs,
        wallClock,
        signal,
        requestsPerSecond: 10_000,
        userAgent: "test",
        caOption: "HPC_PARK_CA_FILE",
        onOutcome: () => undefined,
        onTurn: () => undefined,
        onDescription: () => undefined,
        onConsequences: () => undefined,
        onNoDescription: () => undefined,
        contractTiming: { againMs: HOUR_MS, haltedMs: HOUR_MS, afterFailureMs: HOUR_MS },
        billingIntervalMs: HOUR_MS,
        now: () => performance.now(),
        random: () => 0,
      }),
  }) satisfies Partial<ProviderUnderTest>;

export const hpcParkKinds: readonly ProviderUnderTest[] = [
  {
    ...common("instance", "Instance"),
    what: "an instance of HPC Park",
    port: instanceKind,
    specOf: () => INSTANCE,
    changed: { ...INSTANCE, gpuCount: 2 },
  },
  {
    ...common("storage", "Storage"),
    what: "a storage of HPC Park",
    port: storageKind,
    specOf: () => STORAGE,
    changed: { ...STORAGE, sizeGb: 20 },
  },
  {
    ...common("namespace", "Namespace"),
    what: "a namespace of HPC Park",
    port: namespaceKind,
    specOf: () => ({}),
    changed: undefined,
  },
];
