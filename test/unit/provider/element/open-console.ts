import type { ElementApplicationSpec } from "../../../../src/api/element-application.ts";
import { SEED } from "../../../../src/embedded/element/seed.ts";
import type { Settings } from "../../../../src/embedded/element/settings.ts";
import {
  type ElementSimulator,
  startElementSimulator,
} from "../../../../src/embedded/element/simulator.ts";
import { TokenSigner } from "../../../../src/embedded/element/token-signer.ts";
import type { LedgerEntry } from "../../../../src/embedded/simulator/ledger.ts";
import type { AccountClient } from "../../../../src/provider/account-port.ts";
import { applicationKind } from "../../../../src/provider/element/application.ts";
import { elementConsolePort } from "../../../../src/provider/element/console-port.ts";
import { Lanes } from "../../../../src/provider/lanes.ts";
import type { RemoteKind } from "../../../../src/provider/port.ts";
import { HandClock } from "../../embedded/element/panel-client.ts";
import { WRITE } from "../client.ts";

export const LABEL = "team/shop k8s-aaaabbbbcccc";
export const { signal } = new AbortController();
export const NOTHING = { ids: new Map<string, string>(), secrets: new Map<string, string>() };

/** Of all panels of a file: its keys take as long as a whole test. */
const SIGNER = TokenSigner.make();

/** Each step on the way takes so long; a new application takes three. */
const STEP_MS = 100;
const TIMINGS = {
  creatingMs: STEP_MS,
  initializingMs: STEP_MS,
  startingMs: STEP_MS,
  stoppingMs: STEP_MS,
  updatingMs: STEP_MS,
  dumpingMs: STEP_MS,
  deletingMs: STEP_MS,
  emptyMs: 10,
};

export interface OpenConsole extends AsyncDisposable {
  readonly simulator: ElementSimulator;
  /** Of both sides. */
  readonly clock: HandClock;
  readonly client: AccountClient;
  readonly applications: RemoteKind;
  /** As a process sees them that has nothing in its memory. */
  readonly reopened: () => RemoteKind;
  /** The same client's applications in another panel, as the same process sees them. */
  readonly openedAt: (url: string) => RemoteKind;
  /** How often the panel's offers meant something else than before. */
  readonly reconsiderations: () => number;
  readonly sent: (operation: string) => readonly LedgerEntry[];
  /** Whatever is on the way comes to its end. */
  readonly settle: () => void;
}

export interface Opening {
  readonly settings?: Partial<Settings>;
  /** Left out: the client's own, as the Secret of an ElementConsole has it. */
  readonly credential?: string;
  readonly url?: string;
}

/** The client as the operator opens it, before a simulated panel on a real port. */
export async function openConsole(opening: Opening = {}): Promise<OpenConsole> {
  const clock = new HandClock();
  const signer = await SIGNER;
  const { settings = {}, credential, url } = opening;
  const simulator = await startElementSimulator({ clock, signer, timings: TIMINGS, settings });
  const ending = new AbortController();
  // Turns are taken by real time: nothing of them is of interest here.
  const lanes = new Lanes({
    requestsPerSecond: 100_000,
    concurrency: 32,
    patienceMs: Infinity,
    now: () => performance.now(),
    random: () => 0,
  });
  let reconsiderations = 0;
  const port = elementConsolePort({
    timeoutMs: 5_000,
    requestsPerSecond: 100_000,
    userAgent: "test",
    caOption: "ELEMENT_CA_FILE",
    guard: () => undefined,
    onOutcome: () => undefined,
    onTurn: () => undefined,
    onConsequences: () => {
      reconsiderations += 1;
    },
    afterFailureMs: 10,
    now: clock.now,
    random: () => 0,
    signal: ending.signal,
  });
  const clients: AccountClient[] = [];
  const open = (at = url ?? simulator.url): AccountClient => {
    const opened = port.open({
      url: at,
      token: async () => credential ?? `${simulator.clientId}:${simulator.clientSecret}`,
      lanes,
      signal: ending.signal,
    });
    clients.push(opened);
    return opened;
  };
  const client = open();
  return {
    simulator,
    clock,
    client,
    applications: applicationsOf(client),
    reopened: () => applicationsOf(open()),
    openedAt: (at) => applicationsOf(open(at)),
    reconsiderations: () => reconsiderations,
    sent: (operation) => simulator.ledger.entries.filter((entry) => entry.operation === operation),
    settle: () => clock.advance(3 * STEP_MS),
    async [Symbol.asyncDispose]() {
      ending.abort();
      lanes.close();
      for (const opened of clients) opened.close();
      await simulator.close();
    },
  };
}

function applicationsOf(client: AccountClient): RemoteKind {
  const applications = client.remotes().get("ElementApplication");
  if (applications === undefined) throw new Error("a console has applications");
  return applications;
}

export function specOf(changes: Partial<ElementApplicationSpec> = {}): ElementApplicationSpec {
  return {
    consoleRef: { name: "panel" },
    source: { projectId: SEED.projects.shop, assemblyVersion: "1.0-42" },
    publicationContext: "shop",
    backupBeforeUpdate: false,
    deletionPolicy: "Delete",
    deletionProtection: false,
    managementPolicy: "Full",
    recreatePolicy: "Never",
    ...changes,
  };
}

export function bodyOf(spec: ElementApplicationSpec, label = LABEL): unknown {
  return applicationKind.createBody(spec, label, { ...NOTHING, resourceName: "shop" });
}

/** Makes an application and waits until it runs. */
export async function running(
  { applications, settle }: OpenConsole,
  spec: ElementApplicationSpec = specOf(),
): Promise<string> {
  const { id } = await applications.create(bodyOf(spec), WRITE);
  settle();
  return id;
}
