import { randomUUID } from "node:crypto";
import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import {
  type ControlPlane,
  startControlPlane,
} from "../../src/embedded/control-plane/control-plane.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { EventRecorder } from "../../src/kube/events.ts";
import { loadKubeConfig } from "../../src/kube/kube-config.ts";
import type { KubeObject, ResourceType } from "../../src/kube/kube-object.ts";
import { Lease, type LeaseOptions } from "../../src/kube/lease.ts";
import { Reflector } from "../../src/kube/reflector.ts";
import { Store } from "../../src/kube/store.ts";
import { KubeTransport } from "../../src/kube/transport.ts";
import { INSTANCE_SPEC } from "./lab.ts";
import { prepareNamespace } from "./namespace.ts";
import { until } from "../until.ts";

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const CONFIG_MAPS: ResourceType = {
  group: "",
  version: "v1",
  plural: "configmaps",
  kind: "ConfigMap",
};
const INSTANCES: ResourceType = {
  group: "hpc-park.ru",
  version: "v1alpha1",
  plural: "hpcinstances",
  kind: "HpcInstance",
};
const NAMESPACES = "/api/v1/namespaces";
const MICRO_TIME = /\.\d{6}Z$/;

let kubectl: Awaited<ReturnType<typeof prepareNamespace>>;
let namespace: string;
let transport: KubeTransport;
let client: KubeClient;
let stopping: AbortController;
let running: Promise<void>[];

beforeAll(async () => {
  kubectl = await prepareNamespace();
  namespace = kubectl.namespace;
});
afterAll(() => kubectl.removeNamespace());
beforeEach(() => {
  transport = transportTo(inject("controlPlane").kubeconfigPath);
  client = new KubeClient(transport);
  stopping = new AbortController();
  running = [];
});
afterEach(async () => {
  stopping.abort();
  await Promise.all(running);
  await transport.close();
});

function transportTo(kubeconfigPath: string, server?: string): KubeTransport {
  const kubeConfig = loadKubeConfig(kubeconfigPath);
  kubeConfig.clusters = kubeConfig.clusters.map((one) => ({
    ...one,
    server: server ?? one.server,
  }));
  return new KubeTransport({ kubeConfig, userAgent: "test" });
}

function create(name: string, data: Record<string, string> = {}): Promise<ConfigMap> {
  const body = { metadata: { name }, data };
  return client.create<ConfigMap>(CONFIG_MAPS, namespace, body, stopping.signal);
}

function patch(name: string, body: object): Promise<ConfigMap> {
  return client.mergePatch<ConfigMap>(CONFIG_MAPS, namespace, name, body, {}, stopping.signal);
}

function inform(
  through = { client, transport },
  pageSize = 500,
): { store: Store<ConfigMap>; reflector: Reflector<ConfigMap> } {
  const store = new Store<ConfigMap>((error) => {
    throw error;
  });
  const reflector = new Reflector({
    ...through,
    type: CONFIG_MAPS,
    namespace,
    store,
    log: () => undefined,
    pageSize,
  });
  running.push(reflector.run(stopping.signal));
  return { store, reflector };
}

describe("the client", () => {
  it("creates, reads, patches, replaces and deletes", async () => {
    const { signal } = stopping;
    const created = await create("life", { a: "1", b: "1" });
    const patched = await patch("life", { data: { a: null, c: "2" } });
    const replaced = await client.update<ConfigMap>(
      CONFIG_MAPS,
      namespace,
      "life",
      { ...patched, data: { d: "3" } },
      signal,
    );
    const read = await client.get<ConfigMap>(CONFIG_MAPS, namespace, "life", signal);
    await client.remove(CONFIG_MAPS, namespace, "life", { uid: created.metadata.uid }, signal);
    const gone = client.get(CONFIG_MAPS, namespace, "life", signal);

    await expect(gone).rejects.toMatchObject({ kind: "not-found" });
    expect(patched.data).toEqual({ b: "1", c: "2" });
    expect(read).toEqual(replaced);
    expect(read.data).toEqual({ d: "3" });
  });

  it("is told a conflict where a patch or a replacement was made from an old copy", async () => {
    const old = await create("stale");
    await patch("stale", { data: { newer: "yes" } });
    const { resourceVersion } = old.metadata;

    const refusals = await Promise.allSettled([
      patch("stale", { metadata: { resourceVersion }, data: { mine: "no" } }),
      client.update(CONFIG_MAPS, namespace, "stale", old, stopping.signal),
    ]);

    const conflict = { status: "rejected", reason: { kind: "conflict", status: 409 } };
    expect(refusals).toMatchObject([conflict, conflict]);
  });

  it("does not delete another object than the one it means", async () => {
    await create("precious");

    const removing = client.remove(
      CONFIG_MAPS,
      namespace,
      "precious",
      { uid: randomUUID() },
      stopping.signal,
    );

    await expect(removing).rejects.toMatchObject({ kind: "conflict" });
    expect(
      (await client.get(CONFIG_MAPS, namespace, "precious", stopping.signal)).metadata.name,
    ).toBe("precious");
  });

  it("does not patch another object than the one it means, which is told as invalid", async () => {
    await create("namesake", { mine: "no" });

    const patching = patch("namesake", { metadata: { uid: randomUUID() }, data: { mine: "yes" } });

    // The uid is a field that never changes (422). A patch of a status drops it unread.
    await expect(patching).rejects.toMatchObject({ kind: "invalid", status: 422 });
    const read = await client.get<ConfigMap>(CONFIG_MAPS, namespace, "namesake", stopping.signal);
    expect(read.data).toEqual({ mine: "no" });
  });

  it("is told a conflict where a status was made for an earlier object of the name", async () => {
    const { signal } = stopping;
    const body = { apiVersion: "hpc-park.ru/v1alpha1", kind: "HpcInstance", spec: INSTANCE_SPEC };
    const make = (): Promise<KubeObject> =>
      client.create(INSTANCES, namespace, { ...body, metadata: { name: "reborn" } }, signal);
    const { metadata } = await make();
    await client.remove(INSTANCES, namespace, "reborn", {}, signal);
    const second = await make();

    const { uid, resourceVersion } = metadata;
    const late = { metadata: { uid, resourceVersion }, status: { id: 7 } };
    const options = { subresource: "status" } as const;
    const patching = client.mergePatch(INSTANCES, namespace, "reborn", late, options, signal);

    await expect(patching).rejects.toMatchObject({ kind: "conflict", status: 409 });
    expect(await client.get(INSTANCES, namespace, "reborn", signal)).toEqual(second);
  });

  it("is told not-found where a patch or a removal names nothing", async () => {
    const refusals = await Promise.allSettled([
      patch("nothing", { data: { a: "1" } }),
      client.remove(CONFIG_MAPS, namespace, "nothing", {}, stopping.signal),
    ]);

    const notFound = { status: "rejected", reason: { kind: "not-found", status: 404 } };
    expect(refusals).toMatchObject([notFound, notFound]);
  });

  it.each([
    { kind: "already-exists", body: { metadata: { name: "twice" } } },
    { kind: "invalid", body: { metadata: { name: "Not A Name" } } },
  ])("is told $kind", async ({ kind, body }) => {
    await create("twice").catch(() => undefined);

    const creating = client.create(CONFIG_MAPS, namespace, body, stopping.signal);

    await expect(creating).rejects.toMatchObject({ kind });
  });

  it("reads a Secret decoded, and the identity of a namespace", async () => {
    await kubectl.run("create", "secret", "generic", "key", "--from-literal=word=пароль");

    const secret = await client.getSecret(namespace, "key", stopping.signal);
    const uid = await client.getNamespaceUid(namespace, stopping.signal);

    expect(secret).toEqual({ word: "пароль" });
    expect(uid).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("is unauthorized with a token that nobody knows, and does not repeat it", async () => {
    const kubeConfig = loadKubeConfig(inject("controlPlane").kubeconfigPath);
    kubeConfig.users = kubeConfig.users.map((user) => ({ ...user, token: "canary-token" }));
    const stranger = new KubeTransport({ kubeConfig, userAgent: "test" });

    const reading = new KubeClient(stranger).get(CONFIG_MAPS, namespace, "x", stopping.signal);
    const error: unknown = await reading.catch((reason: unknown) => reason);
    await stranger.close();

    expect(error).toMatchObject({ kind: "unauthorized" });
    expect(String(error)).not.toContain("canary");
  });
});

describe("connections", () => {
  let proxy: CountingProxy;
  beforeEach(async () => {
    proxy = await CountingProxy.start(new URL(inject("controlPlane").server));
  });
  afterEach(() => proxy.close());

  it("are few for many requests", async () => {
    const proxied = transportTo(inject("controlPlane").kubeconfigPath, proxy.url);
    const request = { method: "GET", path: NAMESPACES } as const;

    for (let round = 0; round < 50; round += 1) {
      const answers = await Promise.all(Array.from({ length: 4 }, () => proxied.send(request)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    }
    await proxied.close();

    expect(proxy.connections).toBeLessThanOrEqual(10);
  });

  it("that are cut under a watch lose no event", async () => {
    const proxied = transportTo(inject("controlPlane").kubeconfigPath, proxy.url);
    const { store, reflector } = inform({ client: new KubeClient(proxied), transport: proxied });
    await reflector.synced;
    await until("a watch", () => proxy.open >= 1);

    proxy.cut();
    await create("while-away");
    await until("the event", () => store.get(`${namespace}/while-away`));

    stopping.abort();
    await proxied.close();
  });
});

describe("the reflector", () => {
  it("lists in pages and brings every event", async () => {
    await Promise.all(["p1", "p2", "p3"].map((name) => create(name)));
    const { store, reflector } = inform({ client, transport }, 2);
    await reflector.synced;
    const seen: string[] = [];
    store.onChange((_, current) => {
      if (current?.data?.["n"] !== undefined) seen.push(current.data["n"]);
    });

    for (let n = 0; n < 10; n += 1) await patch("p1", { data: { n: String(n) } });
    await until("ten events", () => seen.length === 10);

    expect(seen).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(store.get(`${namespace}/p3`)).toBeDefined();
    expect(store.get(`${namespace}/p1`)?.metadata).not.toHaveProperty("managedFields");
  });

  it("tells an object that was deleted and made anew as another one", async () => {
    const first = await create("phoenix");
    const { store, reflector } = inform();
    await reflector.synced;
    const seen: string[] = [];
    store.onChange((_, current, previous) =>
      seen.push(`${previous?.metadata.uid ?? "-"} > ${current?.metadata.uid ?? "-"}`),
    );

    await client.remove(CONFIG_MAPS, namespace, "phoenix", {}, stopping.signal);
    const second = await create("phoenix");
    await until("both", () => seen.length === 2);

    expect(seen).toEqual([`${first.metadata.uid} > -`, `- > ${second.metadata.uid}`]);
  });
});

describe("the lease", () => {
  const TIMES = { leaseDurationMs: 2_000, renewDeadlineMs: 1_500, retryPeriodMs: 200 };
  const candidate = (name: string, identity: string, options: Partial<LeaseOptions> = {}): Lease =>
    new Lease({ client, namespace, name, identity, log: () => undefined, ...TIMES, ...options });

  function start(lease: Lease): AbortController {
    const ending = new AbortController();
    running.push(lease.run(AbortSignal.any([ending.signal, stopping.signal])));
    return ending;
  }

  it("has one leader, and another when the first renews no more", async () => {
    const first = candidate("failing", "one");
    const second = candidate("failing", "two");
    const silence = start(first);
    await first.acquired;
    start(second);

    const heldByBoth = second.isHeld();
    silence.abort();
    await second.acquired;

    expect(heldByBoth).toBe(false);
    // Another leads only when the first knows that it does no longer.
    expect(first.isHeld()).toBe(false);
    expect(second.isHeld()).toBe(true);
    const lease = JSON.parse(await kubectl.run("get", "lease", "failing", "-o", "json"));
    expect(lease.spec).toMatchObject({ holderIdentity: "two", leaseTransitions: 1 });
    expect(lease.spec.renewTime).toMatch(MICRO_TIME);
  });

  it("has another leader at once when the first gives it up", async () => {
    const patient = { leaseDurationMs: 60_000, renewDeadlineMs: 40_000 };
    const first = candidate("released", "one", patient);
    const second = candidate("released", "two", patient);
    const ending = start(first);
    await first.acquired;
    start(second);

    ending.abort();
    await first.release(stopping.signal);
    const releasedMs = performance.now();
    await second.acquired;

    expect(performance.now() - releasedMs).toBeLessThan(5_000);
    expect(first.isHeld()).toBe(false);
    const { spec } = JSON.parse(await kubectl.run("get", "lease", "released", "-o", "json"));
    expect(spec).toMatchObject({ holderIdentity: "two", leaseDurationSeconds: 60 });
    expect(spec.leaseTransitions).toBe(1);
    expect(spec.acquireTime).toMatch(MICRO_TIME);
  });

  it("is left with no holder by the one who gave it up", async () => {
    const lease = candidate("vacant", "one");
    const ending = start(lease);
    await lease.acquired;

    ending.abort();
    await lease.release(stopping.signal);

    const { spec } = JSON.parse(await kubectl.run("get", "lease", "vacant", "-o", "json"));
    expect(spec.holderIdentity ?? "").toBe("");
    expect(spec).toMatchObject({ leaseDurationSeconds: 1, leaseTransitions: 0 });
    expect(spec.renewTime).toMatch(MICRO_TIME);
  });

  it("is lost by its deadline when the API server can be reached no more", async () => {
    const { server, kubeconfigPath } = inject("controlPlane");
    const proxy = await CountingProxy.start(new URL(server));
    const proxied = transportTo(kubeconfigPath, proxy.url);
    const lease = candidate("unreachable", "one", { client: new KubeClient(proxied) });
    start(lease);
    await lease.acquired;

    const cutMs = performance.now();
    await proxy.close();
    await lease.lost;
    const tookMs = performance.now() - cutMs;
    await proxied.close();

    expect(lease.isHeld()).toBe(false);
    expect(tookMs).toBeLessThan(TIMES.leaseDurationMs);
    // The renewal before the cut is at most one period and its jitter old, and one request longer.
    expect(tookMs).toBeGreaterThan(TIMES.renewDeadlineMs / 2);
  });

  it("is led by one of several that begin together", async () => {
    const all = ["one", "two", "three"].map((identity) => candidate("raced", identity));
    for (const lease of all) start(lease);

    await Promise.race(all.map(({ acquired }) => acquired));

    expect(all.filter((lease) => lease.isHeld())).toHaveLength(1);
    const { spec } = JSON.parse(await kubectl.run("get", "lease", "raced", "-o", "json"));
    expect(spec.leaseTransitions).toBe(0);
    expect(all.filter((lease) => lease.isHeld())).toHaveLength(1);
  });
});

describe("events", () => {
  it("are seen by kubectl, the same one with its count", async () => {
    const object = await create("eventful");
    const recorder = new EventRecorder({
      client,
      component: "test",
      instance: "here",
      log: (_, message) => {
        throw new Error(message);
      },
      signal: stopping.signal,
      now: () => performance.now(),
    });
    const subject = { ...object, apiVersion: "v1", kind: "ConfigMap" };

    for (let n = 0; n < 3; n += 1)
      recorder.record(subject, { type: "Warning", reason: "Odd", message: "looks odd" });
    await recorder.flush();

    const { items } = JSON.parse(
      await kubectl.run("get", "events", "--field-selector=reason=Odd", "-o", "json"),
    );
    expect(items).toMatchObject([{ count: 3, type: "Warning", source: { component: "test" } }]);
    expect(items[0].involvedObject).toMatchObject({ name: "eventful", uid: object.metadata.uid });
  });
});

describe("an API server that goes away and comes back", () => {
  let own: ControlPlane;
  beforeAll(async () => {
    own = await startControlPlane({});
  });
  afterAll(() => own.stop());

  it("is recovered from: what changed meanwhile and after is seen", async () => {
    namespace = "default";
    transport = transportTo(own.kubeconfigPath);
    client = new KubeClient(transport);
    const { store, reflector } = inform();
    await reflector.synced;
    await create("before");
    await until("the first event", () => store.get("default/before"));

    await own.stopApiServer();
    const refused: unknown = await create("during").catch((reason: unknown) => reason);
    await own.startApiServer();
    await create("after");
    await until("what came after", () => store.get("default/after"), { limitMs: 40_000 });

    expect(refused).toMatchObject({ kind: "unavailable" });
    expect(store.get("default/before")).toBeDefined();
    expect(store.get("default/during")).toBeUndefined();
    expect(reflector.isHealthy).toBe(true);
  });
});

/** Passes bytes on, counts connections and cuts them. */
class CountingProxy {
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: URL) {
    this.#server = createServer((socket) => {
      this.connections += 1;
      const upstream = connect(Number(target.port), target.hostname);
      for (const one of [socket, upstream]) {
        this.#sockets.add(one);
        one.on("error", () => one.destroy());
        one.on("close", () => this.#sockets.delete(one));
      }
      socket.pipe(upstream).pipe(socket);
    });
  }

  static async start(target: URL): Promise<CountingProxy> {
    const proxy = new CountingProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `https://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  }

  get open(): number {
    return this.#sockets.size / 2;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }
}
