import { SEED } from "../../src/embedded/element/seed.ts";
import { startElementSimulator } from "../../src/embedded/element/simulator.ts";
import { TokenSigner } from "../../src/embedded/element/token-signer.ts";
import { applicationKind } from "../../src/provider/element/application.ts";
import { elementConsolePort } from "../../src/provider/element/console-port.ts";
import type { ManagedSpec } from "../../src/provider/port.ts";
import { basic, HandClock } from "../unit/embedded/element/panel-client.ts";
import type { ProviderUnderTest, Simulated } from "./provider-under-test.ts";

/** Of all panels of a file: its keys take as long as a whole test. */
const SIGNER = TokenSigner.make();
const STEP_MS = 100;
const TIMINGS = {
  creatingMs: STEP_MS,
  initializingMs: STEP_MS,
  startingMs: STEP_MS,
  stoppingMs: STEP_MS,
  updatingMs: STEP_MS,
  deletingMs: STEP_MS,
};

async function simulate(): Promise<Simulated> {
  const clock = new HandClock();
  const signer = await SIGNER;
  const simulator = await startElementSimulator({ clock, signer, timings: TIMINGS });
  const { clientId, clientSecret } = simulator;
  return {
    url: simulator.url,
    faults: simulator.faults,
    ledger: simulator.ledger,
    credential: `${clientId}:${clientSecret}`,
    secrets: [clientSecret, basic({ clientId, clientSecret }).slice("Basic ".length)],
    wallClock: () => new Date(clock.wall()),
    // A new application takes three steps.
    settle: () => clock.advance(3 * STEP_MS),
    count: () => simulator.panel.applications.all().length,
    replaceCredential: () => {
      const second = simulator.perform({ action: "add-client", name: "second", user: "main" });
      simulator.perform({ action: "revoke-client", client: "main" });
      return `${second.clientId}:${second.clientSecret}`;
    },
    close: simulator.close,
  };
}

function specOf(number: number): ManagedSpec {
  return {
    consoleRef: { name: "panel" },
    source: { projectId: SEED.projects.shop, assemblyVersion: "1.0-42" },
    publicationContext: `shop-${number}`,
    backupBeforeUpdate: false,
  };
}

export const elementKinds: readonly ProviderUnderTest[] = [
  {
    what: "an application of an Element panel",
    port: applicationKind,
    operations: {
      list: "listApplications",
      get: "getApplication",
      create: "createApplication",
      remove: "deleteApplication",
    },
    specOf,
    changed: { ...specOf(1), source: { projectId: SEED.projects.shop, assemblyVersion: "1.0-10" } },
    absentId: "5b000000-0000-4000-8000-0000000000ff",
    refusal: (words) => ({ status: 400, body: { code: 3, message: words, details: words } }),
    simulate,
    accountPort: ({ guard, timeoutMs, signal }) =>
      elementConsolePort({
        guard,
        timeoutMs,
        signal,
        requestsPerSecond: 10_000,
        userAgent: "test",
        caOption: "ELEMENT_CA_FILE",
        onOutcome: () => undefined,
        onTurn: () => undefined,
        onConsequences: () => undefined,
        afterFailureMs: 3_600_000,
        now: () => performance.now(),
        random: () => 0,
      }),
  },
];
