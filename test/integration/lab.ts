import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import type { HpcInstance } from "../../src/api/hpc-instance.ts";
import type { HpcNamespace } from "../../src/api/hpc-namespace.ts";
import type { HpcStorage } from "../../src/api/hpc-storage.ts";
import type { LedgerEntry } from "../../src/embedded/simulator/ledger.ts";
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../src/embedded/hpc-park/simulator.ts";
import { Laboratory, type LaboratoryParts } from "./laboratory.ts";
import { prepareNamespace } from "./namespace.ts";
import { startOperator } from "../operator-process.ts";

/** Quick enough for a test, slow enough that states on the way are seen. */
const TIMINGS = { createMs: 150, deleteMs: 100, updateMs: 100, powerMs: 100, storageMs: 100 };

/** 1.5 seconds: request timeout plus settle time of the lab. */
export const QUIET_MS = 1_500;

export const INSTANCE_SPEC = {
  containerType: "pytorch",
  gpuType: "A100",
  gpuCount: 1,
  tariffType: "hourly",
};
export const STORAGE_SPEC = { storageType: "ssd", sizeGb: 100 };

/** With a simulator of HPC Park. */
export class Lab extends Laboratory {
  readonly simulator: Simulator;
  readonly tokenFile: string;

  private constructor(parts: LaboratoryParts & { simulator: Simulator; tokenFile: string }) {
    super(parts);
    this.simulator = parts.simulator;
    this.tokenFile = parts.tokenFile;
  }

  static async start(
    options: SimulatorOptions = {},
    overrides: Readonly<Record<string, string>> = {},
  ): Promise<Lab> {
    const kubectl = await prepareNamespace();
    const simulator = await startSimulator({ timings: TIMINGS, ...options });
    const folder = await mkdtemp(join(tmpdir(), "operator-lab-"));
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, simulator.token, { mode: 0o600 });
    const environment = {
      KUBECONFIG: inject("controlPlane").kubeconfigPath,
      HPC_PARK_URL: simulator.url,
      HPC_PARK_TOKEN_FILE: tokenFile,
      WATCH_NAMESPACES: kubectl.namespace,
      POLL_INTERVAL_SECONDS: "0.5",
      ACTIVE_POLL_INTERVAL_SECONDS: "0.1",
      REQUEST_TIMEOUT_SECONDS: "1",
      SETTLE_SECONDS: String(QUIET_MS / 1000 - 1),
      HPC_PARK_REQUESTS_PER_SECOND: "200",
      LEADER_ELECTION: "false",
      LEASE_NAMESPACE: kubectl.namespace,
      HEALTH_HOST: "127.0.0.1",
      HEALTH_PORT: "0",
      LOG_LEVEL: "debug",
      ...overrides,
    };
    const operator = await startOperator(environment);
    return new Lab({ kubectl, simulator, tokenFile, environment, operator });
  }

  async stop(): Promise<void> {
    await this.operator.end("SIGKILL");
    await this.simulator.close();
    await rm(join(this.tokenFile, ".."), { recursive: true });
    await this.kubectl.removeNamespace();
  }

  async applyInstance(name: string, spec: object = {}, metadata: object = {}): Promise<void> {
    await this.#apply("HpcInstance", name, { ...INSTANCE_SPEC, ...spec }, metadata);
  }

  async applyStorage(name: string, spec: object = {}, metadata: object = {}): Promise<void> {
    await this.#apply("HpcStorage", name, { ...STORAGE_SPEC, ...spec }, metadata);
  }

  async applyNetwork(name: string, spec: object = {}): Promise<void> {
    await this.#apply("HpcNamespace", name, spec, {});
  }

  async network(name: string): Promise<HpcNamespace> {
    return JSON.parse(await this.kubectl.run("get", "hpcn", name, "-o", "json"));
  }

  async instance(name: string): Promise<HpcInstance> {
    return JSON.parse(await this.kubectl.run("get", "hpci", name, "-o", "json"));
  }

  async storage(name: string): Promise<HpcStorage> {
    return JSON.parse(await this.kubectl.run("get", "hpcs", name, "-o", "json"));
  }

  /** Requests of the operator that match, in order. */
  requests(operation: string): readonly LedgerEntry[] {
    return this.simulator.ledger.entries.filter(
      (entry) => entry.source === "api" && entry.operation === operation,
    );
  }

  /** Everything that lives remotely. */
  alive(): readonly { readonly id: number; readonly label: string }[] {
    const { instances, storages, namespaces } = this.simulator.park;
    return [...instances.all(), ...storages.all(), ...namespaces.all()];
  }

  async #apply(kind: string, name: string, spec: object, metadata: object): Promise<void> {
    const object = {
      apiVersion: "hpc-park.ru/v1alpha1",
      kind,
      metadata: { name, ...metadata },
      spec,
    };
    await this.apply(object);
  }
}
