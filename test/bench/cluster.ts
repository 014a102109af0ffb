import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import {
  type ControlPlane,
  startControlPlane,
} from "../../src/embedded/control-plane/control-plane.ts";
import { HPC_PARK_GROUP } from "../../src/api/metadata.ts";
import { kinds } from "../../src/api/kinds.ts";
import { loadKubeConfig } from "../../src/kube/kube-config.ts";
import { pathOf, type ResourceType } from "../../src/kube/kube-object.ts";
import { KubeTransport } from "../../src/kube/transport.ts";
import { bundle } from "../../scripts/bundle.ts";
import { PROJECT } from "../project.ts";
import { type ApiCounts, readApiCounts } from "./api-server-counts.ts";
import { Remote } from "./remote.ts";

export const INSTANCES: ResourceType = {
  group: "hpc-park.ru",
  version: "v1alpha1",
  plural: "hpcinstances",
  kind: "HpcInstance",
};

export const LEASES: ResourceType = {
  group: "coordination.k8s.io",
  version: "v1",
  plural: "leases",
  kind: "Lease",
};

const SPEC = { containerType: "pytorch", gpuType: "A100", gpuCount: 1, tariffType: "hourly" };
/** Of the provider that is measured. */
const PLURALS = kinds.filter(({ group }) => group === HPC_PARK_GROUP).map(({ plural }) => plural);
const CRD_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
/** Requests at a time with which objects are created and deleted: what `kubectl apply` of a long file comes to, and more. */
const HANDS = 16;

/** The real API server, the simulated service, and a folder: what every measurement stands on. */
export class Stage {
  readonly plane: ControlPlane;
  readonly transport: KubeTransport;
  readonly remote: Remote;
  readonly folder: string;

  private constructor(parts: Pick<Stage, "plane" | "transport" | "remote" | "folder">) {
    this.plane = parts.plane;
    this.transport = parts.transport;
    this.remote = parts.remote;
    this.folder = parts.folder;
  }

  static async open(): Promise<Stage> {
    const plane = await startControlPlane();
    const folder = await mkdtemp(join(tmpdir(), "operator-bench-"));
    const kubeConfig = loadKubeConfig(plane.kubeconfigPath);
    const transport = new KubeTransport({ kubeConfig, userAgent: "bench" });
    const remote = await Remote.start();
    await writeFile(join(folder, "token"), remote.token, { mode: 0o600 });
    const stage = new Stage({ plane, transport, remote, folder });
    await bundle(join(import.meta.dirname, "probe.ts"), stage.probe);
    await stage.#defineKinds();
    return stage;
  }

  async close(): Promise<void> {
    await this.remote.stop();
    await this.transport.close();
    await this.plane.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What every measured process loads. */
  get probe(): string {
    return join(this.folder, "probe.mjs");
  }

  get tokenFile(): string {
    return join(this.folder, "token");
  }

  async newNamespace(): Promise<string> {
    const name = `bench-${randomUUID().slice(0, 8)}`;
    await this.#must("POST", "/api/v1/namespaces", { metadata: { name } });
    return name;
  }

  apiCounts(): Promise<ApiCounts> {
    return readApiCounts(this.transport);
  }

  async create(namespace: string, name: string): Promise<void> {
    const { group, version, kind } = INSTANCES;
    const metadata = { name, namespace };
    const body = { apiVersion: `${group}/${version}`, kind, metadata, spec: SPEC };
    await this.#must("POST", pathOf(INSTANCES, namespace), body);
  }

  async patch(namespace: string, name: string, body: object): Promise<void> {
    const path = pathOf(INSTANCES, namespace, name);
    const contentType = "application/merge-patch+json";
    await this.transport.send({ method: "PATCH", path, body, contentType });
  }

  async remove(namespace: string, name: string): Promise<void> {
    await this.#must("DELETE", pathOf(INSTANCES, namespace, name));
  }

  createAll(namespace: string, names: readonly string[]): Promise<void> {
    return withHands(names, (name) => this.create(namespace, name));
  }

  removeAll(namespace: string, names: readonly string[]): Promise<void> {
    return withHands(names, (name) => this.remove(namespace, name));
  }

  async #defineKinds(): Promise<void> {
    for (const plural of PLURALS) {
      const body: unknown = parse(
        await readFile(join(PROJECT, "crds", `${HPC_PARK_GROUP}_${plural}.yaml`), "utf8"),
      );
      await this.#must("POST", CRD_PATH, body);
    }
    for (const path of PLURALS) await this.#untilServed(path);
  }

  async #untilServed(plural: string): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      const path = pathOf({ ...INSTANCES, plural }, undefined);
      const { status } = await this.transport.send({ method: "GET", path });
      if (status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${plural} are not served`);
  }

  async #must(method: "POST" | "DELETE", path: string, body?: unknown): Promise<void> {
    const { status, body: answer } = await this.transport.send({ method, path, body });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  }
}

export function namesOf(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

async function withHands(
  names: readonly string[],
  work: (name: string) => Promise<void>,
): Promise<void> {
  const left = names.values();
  const hand = async (): Promise<void> => {
    for (const name of left) await work(name);
  };
  await Promise.all(Array.from({ length: HANDS }, hand));
}
