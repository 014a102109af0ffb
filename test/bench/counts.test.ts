import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parse } from "yaml";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { NO_DELAYS } from "../../src/embedded/hpc-park/settings.ts";
import { type Simulator, startSimulator } from "../../src/embedded/hpc-park/simulator.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { loadKubeConfig } from "../../src/kube/kube-config.ts";
import { KubeTransport } from "../../src/kube/transport.ts";
import { MessageProxy } from "../faults/message-proxy.ts";
import { INSTANCES } from "../faults/hpc-park-cloud.ts";
import type { RemoteObject } from "../faults/world.ts";
import { type Kubectl, prepareNamespace } from "../integration/namespace.ts";
import { type OperatorProcess, startOperator } from "../operator-process.ts";
import { until } from "../until.ts";

const COUNT = 100;
const NAMES = Array.from({ length: COUNT }, (_, index) => `object-${index}`);
/** Between looks; the request timeout and the settle time are what a deletion waits for. */
const PACE = {
  POLL_INTERVAL_SECONDS: "0.5",
  ACTIVE_POLL_INTERVAL_SECONDS: "0.1",
  REQUEST_TIMEOUT_SECONDS: "5",
  SETTLE_SECONDS: "0.1",
};
const QUIET_MS = 5_100;
const NEVER = new AbortController().signal;
const LIMIT = { limitMs: 60_000 };

let kubectl: Kubectl & { readonly namespace: string };
let simulator: Simulator;
let proxy: MessageProxy;
let operator: OperatorProcess;
let transport: KubeTransport;
let user: KubeClient;
let folder: string;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  kubectl = await prepareNamespace();
  const kubeConfig = loadKubeConfig(inject("controlPlane").kubeconfigPath);
  transport = new KubeTransport({ kubeConfig, userAgent: "bench" });
  user = new KubeClient(transport);
  simulator = await startSimulator({ timings: NO_DELAYS });
  proxy = await MessageProxy.start(await apiServer());
  folder = await mkdtemp(join(tmpdir(), "bench-counts-"));
  await writeFile(join(folder, "kubeconfig"), kubeconfigFor(proxy.url));
  environment = {
    ...PACE,
    KUBECONFIG: join(folder, "kubeconfig"),
    PROVIDERS: "hpc-park",
    HPC_PARK_URL: simulator.url,
    HPC_PARK_TOKEN: simulator.token,
    HPC_PARK_REQUESTS_PER_SECOND: "10000",
    WATCH_NAMESPACES: kubectl.namespace,
    OWNER_ID: kubectl.namespace,
    LEADER_ELECTION: "false",
    HEALTH_HOST: "127.0.0.1",
    HEALTH_PORT: "0",
  };
  operator = await startOperator(environment);
});

afterAll(async () => {
  await operator.end("SIGKILL");
  await transport.close();
  await proxy.close();
  await simulator.close();
  await rm(folder, { recursive: true });
  await kubectl.removeNamespace();
});

/** One after the other: each begins where the one before ended. */
describe("100 objects", () => {
  it("are made with one POST each, and two writes of the operator each beside the user's", async () => {
    const { writes, calls } = await countedDuring(createAll);
    expect(calls["createInstance"]).toBe(COUNT);
    expect(calls["getInstance"] ?? 0).toBe(0);
    expect(writes).toEqual({
      "PATCH hpcinstances": COUNT,
      "PATCH hpcinstances/status": COUNT,
    });
  });

  it("cost one LIST of each kind per tick at rest, and not one write", async () => {
    await delay(QUIET_MS);
    const { writes, calls } = await countedDuring(() => delay(5_000));
    expect(writes).toEqual({});
    expect(Object.keys(calls).toSorted()).toEqual([
      "listInstances",
      "listNamespaces",
      "listStorages",
    ]);
    expect(calls["listInstances"]).toBeGreaterThan(4);
    expect(calls["listInstances"]).toBeLessThanOrEqual(10);
  });

  it("are found again by another process with one LIST of each kind, and not one write", async () => {
    const { writes, calls } = await countedDuring(restart);
    expect(writes).toEqual({});
    expect(calls["listInstances"]).toBe(1);
    expect(calls["listStorages"]).toBe(1);
    expect(calls["listNamespaces"]).toBe(1);
    expect(calls["getInstance"] ?? 0).toBe(0);
  });

  it("are deleted with one DELETE each, and one write of the operator each beside the user's", async () => {
    // The process is new: sooner, it would say that it waits for what create requests may still do.
    await delay(QUIET_MS);
    const { writes, calls } = await countedDuring(deleteAll);
    expect(calls["deleteInstance"]).toBe(COUNT);
    expect(writes).toEqual({ "PATCH hpcinstances": COUNT });
  });
});

/** Past the proxy, and past kubectl, which sends five requests a second. */
async function createAll(): Promise<void> {
  const spec = { containerType: "pytorch", gpuType: "A100", gpuCount: 1, tariffType: "hourly" };
  for (const name of NAMES) {
    const object = { apiVersion: "hpc-park.ru/v1alpha1", kind: "HpcInstance", metadata: { name } };
    await user.create(INSTANCES, kubectl.namespace, { ...object, spec }, NEVER);
  }
  await until("all are Ready", async () => (await readyOnes()).length === COUNT, LIMIT);
}

async function deleteAll(): Promise<void> {
  for (const name of NAMES) await user.remove(INSTANCES, kubectl.namespace, name, {}, NEVER);
  await until("all are gone", async () => (await allOnes()).length === 0, LIMIT);
}

async function allOnes(): Promise<readonly RemoteObject[]> {
  const { namespace } = kubectl;
  return (await user.list<RemoteObject>(INSTANCES, { namespace }, NEVER)).items;
}

async function readyOnes(): Promise<readonly RemoteObject[]> {
  const isReady = ({ status }: RemoteObject): boolean =>
    status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false;
  return (await allOnes()).filter(isReady);
}

/** With so long an interval that no tick comes while it is counted. */
async function restart(): Promise<void> {
  await operator.end("SIGTERM");
  operator = await startOperator({ ...environment, POLL_INTERVAL_SECONDS: "30" });
  const reconciled = async (): Promise<boolean> => {
    const page = await (await fetch(`${operator.healthUrl()}/metrics`)).text();
    const line = /^controller_runtime_reconcile_total\{.*HpcInstance.*"success".*\} (\d+)$/m;
    return Number(line.exec(page)?.[1] ?? 0) >= COUNT;
  };
  await until("everything was looked at", reconciled, LIMIT);
}

/** What went to each side meanwhile: writes of objects of our kinds, and remote calls by operation. */
async function countedDuring(work: () => Promise<void>): Promise<{
  readonly writes: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
}> {
  const exchanged = proxy.exchanges.length;
  const called = simulator.ledger.entries.length;
  await work();
  const writes = proxy.exchanges
    .slice(exchanged)
    .filter(({ method, path }) => method !== "GET" && path.includes("/hpc-park.ru/"))
    .map(({ method, path }) => `${method} ${resourceOf(path)}`);
  const calls = simulator.ledger.entries.slice(called).map(({ operation }) => operation);
  return { writes: countOf(writes), calls: countOf(calls) };
}

/** `hpcinstances`, or `hpcinstances/status`. */
function resourceOf(path: string): string {
  const [resource = "", , subresource] = path.split("?")[0]?.split("/").slice(6) ?? [];
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}

function countOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

async function apiServer(): Promise<Parameters<typeof MessageProxy.start>[0]> {
  const { kubeconfigPath } = inject("controlPlane");
  const { clusters, users } = parse(await readFile(kubeconfigPath, "utf8"));
  const { server, "certificate-authority-data": authority } = clusters[0].cluster;
  return {
    url: server,
    ca: Buffer.from(authority, "base64").toString(),
    headers: { authorization: `Bearer ${users[0].user.token}` },
  };
}

function kubeconfigFor(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "proxy", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "proxy", user: {} }],
    contexts: [{ name: "proxy", context: { cluster: "proxy", user: "proxy" } }],
    "current-context": "proxy",
  });
}
