import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kinds } from "../../src/api/kinds.ts";
import type { ElementSimulator } from "../../src/embedded/element/simulator.ts";
import type { Simulator } from "../../src/embedded/hpc-park/simulator.ts";
import type { KubeClient } from "../../src/kube/client.ts";
import { KubeError } from "../../src/kube/errors.ts";
import type { KubeObject, ResourceType } from "../../src/kube/kube-object.ts";
import type { KubeTransport } from "../../src/kube/transport.ts";
import { type OperatorProcess, spawnOperator } from "../operator-process.ts";
import { ClusterHistory } from "./cluster-history.ts";
import type { History } from "./invariants/history.ts";
import { type Exchange, MessageProxy, type ProxyTarget } from "./message-proxy.ts";
import { environmentOf, kubeconfigFor } from "./operator-settings.ts";
import type { Cloud, Provider } from "./cloud.ts";
import { elementCloud } from "./element-cloud.ts";
import { hpcParkCloud } from "./hpc-park-cloud.ts";
import { PACE } from "./pace.ts";
import type { Subject } from "./subject.ts";

/** The one control plane that serves every plan. */
export interface Cluster {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  readonly client: KubeClient;
  readonly transport: KubeTransport;
  /** Our operator in one file. */
  readonly program: string;
}

export interface RemoteObject extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: {
    readonly id?: number | string;
    readonly observedGeneration?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
    }[];
    readonly [field: string]: unknown;
  };
}

export const QUIET_MS = PACE.timeout + PACE.settle;
export const LOOK_MS = PACE.rest;
export const TIMEOUT_MS = PACE.timeout;

export interface WorldOptions {
  /** Left out: HPC Park. */
  readonly provider?: Provider | undefined;
  /** Another operator than ours: the file to run. */
  readonly program?: string | undefined;
  /** Settings of the operator, over those of the world. */
  readonly environment?: Readonly<Record<string, string>>;
}

const NEVER = new AbortController().signal;

/** The stage of one plan: a namespace, a simulator, a proxy on each side, and one operator at a time. */
export class World {
  readonly namespace: string;
  readonly cloud: Cloud;
  readonly kubeProxy: MessageProxy;
  readonly cloudProxy: MessageProxy;
  readonly history: ClusterHistory;
  readonly adopted = new Set<number | string>();
  readonly #cluster: Cluster;
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #program: string;
  /** Every one that was ever started, dead or alive. */
  readonly #operators: OperatorProcess[] = [];
  readonly #proxies: MessageProxy[] = [];
  #operator: OperatorProcess | undefined;

  private constructor(
    cluster: Cluster,
    namespace: string,
    folder: string,
    cloud: Cloud,
    proxies: { kube: MessageProxy; cloud: MessageProxy },
    history: ClusterHistory,
    { program, environment }: WorldOptions,
  ) {
    this.#cluster = cluster;
    this.namespace = namespace;
    this.#folder = folder;
    this.cloud = cloud;
    this.kubeProxy = proxies.kube;
    this.cloudProxy = proxies.cloud;
    this.history = history;
    this.#program = program ?? cluster.program;
    const toCloud = cloud.environment(proxies.cloud.url, join(folder, "token"));
    this.#environment = { ...environmentOf(folder, namespace), ...toCloud, ...environment };
  }

  static async create(cluster: Cluster, options: WorldOptions = {}): Promise<World> {
    const namespace = `plan-${randomUUID().slice(0, 8)}`;
    const cloud = await (options.provider === "element" ? elementCloud() : hpcParkCloud());
    const kube = await MessageProxy.start(kubeTarget(cluster));
    const proxy = await MessageProxy.start({ url: cloud.url });
    const folder = await mkdtemp(join(tmpdir(), "fault-plan-"));
    await writeFile(join(folder, "kubeconfig"), kubeconfigFor(kube.url));
    await writeFile(join(folder, "token"), cloud.token);
    const path = "/api/v1/namespaces";
    await cluster.transport.send({ method: "POST", path, body: { metadata: { name: namespace } } });
    const history = await ClusterHistory.record(cluster.transport, cloud.types, namespace);
    await cloud.prepare(cluster.client, namespace, proxy.url);
    const proxies = { kube, cloud: proxy };
    return new World(cluster, namespace, folder, cloud, proxies, history, options);
  }

  /** What trials play with. */
  get subject(): Subject {
    return this.cloud.subject;
  }

  /** Of worlds with HPC Park. */
  get simulator(): Simulator {
    if (!("simulator" in this.cloud)) throw new TypeError("this world has no HPC Park");
    // Only HPC Park's cloud has one.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this.cloud.simulator as Simulator;
  }

  /** Of worlds with a control panel. */
  get panel(): ElementSimulator {
    if (!("panel" in this.cloud)) throw new TypeError("this world has no control panel");
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this.cloud.panel as ElementSimulator;
  }

  start(): void {
    this.#operator = this.startAnother();
  }

  /** Starts an operator beside the first one, with other settings; it ends with the world. */
  startAnother(environment: Readonly<Record<string, string>> = {}): OperatorProcess {
    const operator = spawnOperator({ ...this.#environment, ...environment }, this.#program);
    this.#operators.push(operator);
    return operator;
  }

  /** Makes another proxy to the API server, and the settings with which an operator uses it. */
  async anotherKubeProxy(): Promise<{ proxy: MessageProxy; environment: Record<string, string> }> {
    const proxy = await MessageProxy.start(kubeTarget(this.#cluster));
    this.#proxies.push(proxy);
    const path = join(this.#folder, `kubeconfig-${this.#proxies.length}`);
    await writeFile(path, kubeconfigFor(proxy.url));
    return { proxy, environment: { KUBECONFIG: path } };
  }

  /** What went between any operator and the API server. */
  get exchanges(): readonly Exchange[] {
    const proxies = [this.kubeProxy, ...this.#proxies];
    return proxies
      .flatMap(({ exchanges }) => exchanges)
      .toSorted((a, b) => a.answeredMs - b.answeredMs);
  }

  /** What must be found nowhere: every token there is. */
  get canaries(): readonly string[] {
    return this.cloud.canaries();
  }

  /** All that the invariants judge, until now. */
  get past(): History {
    return {
      entries: this.cloud.ledger.entries,
      reading: this.cloud.reading,
      revisions: this.history.revisions,
      exchanges: this.exchanges,
      nowMs: performance.now(),
      log: this.everyLog,
      holes: this.history.holes,
    };
  }

  get everyLog(): string {
    return this.#operators.map(({ log }) => log()).join("");
  }

  /** Of the latest that was started alone. */
  get operatorLog(): string {
    return this.#operator?.log() ?? "";
  }

  async kill(): Promise<void> {
    await this.#operator?.end("SIGKILL");
  }

  signal(signal: NodeJS.Signals): void {
    this.#operator?.signal(signal);
  }

  async close(): Promise<void> {
    await Promise.all(this.#operators.map((operator) => operator.end("SIGKILL")));
    this.history.stop();
    const proxies = [this.kubeProxy, this.cloudProxy, ...this.#proxies];
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await this.cloud.close();
    await rm(this.#folder, { recursive: true });
    const path = `/api/v1/namespaces/${this.namespace}`;
    await this.#cluster.transport.send({ method: "DELETE", path });
  }

  async setToken(token: string): Promise<void> {
    await writeFile(join(this.#folder, "token"), token);
  }

  async apply(type: ResourceType, name: string, spec: object): Promise<void> {
    const body = {
      apiVersion: `${type.group}/${type.version}`,
      kind: type.kind,
      metadata: { name, namespace: this.namespace },
      spec,
    };
    await this.#cluster.client.create(type, this.namespace, body, NEVER);
  }

  async patch(type: ResourceType, name: string, patch: object): Promise<void> {
    await this.#cluster.client.mergePatch(type, this.namespace, name, patch, {}, NEVER);
  }

  async remove(type: ResourceType, name: string): Promise<void> {
    const path = `/apis/${type.group}/${type.version}/namespaces/${this.namespace}/${type.plural}/${name}`;
    await this.#cluster.transport.send({ method: "DELETE", path });
  }

  async get(type: ResourceType, name: string): Promise<RemoteObject | undefined> {
    try {
      return await this.#cluster.client.get<RemoteObject>(type, this.namespace, name, NEVER);
    } catch (error) {
      if (error instanceof KubeError && error.kind === "not-found") return undefined;
      throw error;
    }
  }

  /** Ready for the present generation. */
  async isReady(type: ResourceType, name: string): Promise<boolean> {
    const object = await this.get(type, name);
    const ready = object?.status?.conditions?.find((condition) => condition.type === "Ready");
    const synced = object?.status?.conditions?.find((condition) => condition.type === "Synced");
    return (
      ready?.status === "True" &&
      synced?.status === "True" &&
      object?.status?.observedGeneration === object?.metadata.generation
    );
  }

  /** One of its conditions has this reason. */
  async says(type: ResourceType, name: string, reason: string): Promise<boolean> {
    const conditions = (await this.get(type, name))?.status?.conditions ?? [];
    return conditions.some((condition) => condition.reason === reason);
  }

  async isGone(type: ResourceType, name: string): Promise<boolean> {
    return (await this.get(type, name)) === undefined;
  }

  /** Whether an operator sees every kind of the provider through this proxy. */
  isWatched({ watches }: MessageProxy = this.kubeProxy): boolean {
    const { group } = this.cloud.reading;
    return watches.open === kinds.filter((kind) => kind.group === group).length;
  }

  /** How many things with the label of this resource live. */
  alive(name: string): number {
    const prefix = `${this.namespace}/${name} `;
    return this.cloud.labels().filter((label) => label.startsWith(prefix)).length;
  }
}

function kubeTarget({ server, ca, token }: Cluster): ProxyTarget {
  return { url: server, ca, headers: { authorization: `Bearer ${token}` } };
}
