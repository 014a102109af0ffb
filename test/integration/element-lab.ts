import { inject } from "vitest";
import type { ElementApplication } from "../../src/api/element-application.ts";
import type { ElementConsole } from "../../src/api/element-console.ts";
import { SEED } from "../../src/embedded/element/seed.ts";
import {
  type ElementSimulator,
  type ElementSimulatorOptions,
  startElementSimulator,
} from "../../src/embedded/element/simulator.ts";
import type { LedgerEntry } from "../../src/embedded/simulator/ledger.ts";
import { startOperator } from "../operator-process.ts";
import { until } from "../until.ts";
import { Laboratory, type LaboratoryParts } from "./laboratory.ts";
import { prepareNamespace } from "./namespace.ts";

/** Quick enough for a test, slow enough that states on the way are seen. */
const TIMINGS = {
  creatingMs: 100,
  initializingMs: 50,
  startingMs: 50,
  stoppingMs: 100,
  updatingMs: 250,
  dumpingMs: 250,
  deletingMs: 200,
  emptyMs: 50,
};

const API_VERSION = "element.1c.ru/v1alpha1";
export const CONSOLE = "main";
export const APPLICATION_SPEC = {
  consoleRef: { name: CONSOLE },
  publicationContext: "shop",
  source: { projectId: SEED.projects.shop, assemblyVersion: "1.0-9" },
};

/** With a simulated control panel; its operator looks after nothing else. */
export class ElementLab extends Laboratory {
  readonly simulator: ElementSimulator;

  private constructor(parts: LaboratoryParts & { simulator: ElementSimulator }) {
    super(parts);
    this.simulator = parts.simulator;
  }

  /** With a console that is Ready. */
  static async start(
    options: ElementSimulatorOptions = {},
    overrides: Readonly<Record<string, string>> = {},
  ): Promise<ElementLab> {
    const kubectl = await prepareNamespace();
    const simulator = await startElementSimulator({ timings: TIMINGS, ...options });
    const environment = {
      KUBECONFIG: inject("controlPlane").kubeconfigPath,
      PROVIDERS: "element",
      ELEMENT_ALLOWED_URLS: simulator.url,
      WATCH_NAMESPACES: kubectl.namespace,
      POLL_INTERVAL_SECONDS: "0.5",
      ACTIVE_POLL_INTERVAL_SECONDS: "0.1",
      REQUEST_TIMEOUT_SECONDS: "1",
      SETTLE_SECONDS: "0.5",
      ELEMENT_REQUESTS_PER_SECOND: "200",
      LEADER_ELECTION: "false",
      LEASE_NAMESPACE: kubectl.namespace,
      HEALTH_HOST: "127.0.0.1",
      HEALTH_PORT: "0",
      LOG_LEVEL: "debug",
      ...overrides,
    };
    const operator = await startOperator(environment);
    const lab = new ElementLab({ kubectl, simulator, environment, operator });
    await lab.applyClient("panel", simulator);
    await lab.applyConsole(CONSOLE);
    await lab.untilReady(`elcon/${CONSOLE}`);
    return lab;
  }

  async stop(): Promise<void> {
    await this.operator.end("SIGKILL");
    await this.simulator.close();
    await this.kubectl.removeNamespace();
  }

  async applyClient(
    name: string,
    { clientId, clientSecret }: Pick<ElementSimulator, "clientId" | "clientSecret">,
  ): Promise<void> {
    const stringData = { "client-id": clientId, "client-secret": clientSecret };
    await this.apply({ apiVersion: "v1", kind: "Secret", metadata: { name }, stringData });
  }

  async applyConsole(name: string, spec: object = {}): Promise<void> {
    const { url } = this.simulator;
    const whole = { url, clientSecretRef: { name: "panel" }, ...spec };
    await this.apply({
      apiVersion: API_VERSION,
      kind: "ElementConsole",
      metadata: { name },
      spec: whole,
    });
  }

  async applyApplication(name: string, spec: object = {}): Promise<void> {
    const whole = { ...APPLICATION_SPEC, ...spec };
    await this.apply(applicationObject(name, whole));
  }

  async patch(name: string, spec: object): Promise<void> {
    const patch = JSON.stringify({ spec });
    await this.kubectl.run("patch", "elapp", name, "--type=merge", "-p", patch);
  }

  async application(name: string): Promise<ElementApplication> {
    return JSON.parse(await this.kubectl.run("get", "elapp", name, "-o", "json"));
  }

  async console(name: string): Promise<ElementConsole> {
    return JSON.parse(await this.kubectl.run("get", "elcon", name, "-o", "json"));
  }

  /** Waits until the application does what its spec of this generation asks for. */
  async untilInSync(name: string, version?: string): Promise<ElementApplication> {
    let seen: unknown;
    return until(
      `${name} is in sync${version === undefined ? "" : ` with ${version}`}`,
      async () => {
        const object = await this.application(name);
        seen = object.status;
        const isTrue = (type: string): boolean =>
          object.status?.conditions?.find((one) => one.type === type)?.status === "True";
        const isCurrent = object.status?.observedGeneration === object.metadata.generation;
        const isWanted = version === undefined || object.status?.appliedVersion === version;
        return isTrue("Ready") && isTrue("Synced") && isCurrent && isWanted && object;
      },
      { seen: () => ({ seen, log: this.lastLines() }) },
    );
  }

  /** Waits until the operator has looked so many times more: what it repeats has shown itself by then. */
  async ticks(count: number): Promise<void> {
    const lists = (): number => this.requests("listApplications").length;
    const before = lists();
    await until(`${count} ticks are over`, () => lists() > before + count);
  }

  /** Requests of the operator that match, in order. */
  requests(operation: string): readonly LedgerEntry[] {
    return this.simulator.ledger.entries.filter(
      (entry) => entry.source === "api" && entry.operation === operation,
    );
  }
}

export function applicationObject(name: string, spec: object): object {
  return { apiVersion: API_VERSION, kind: "ElementApplication", metadata: { name }, spec };
}
