import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Dependencies } from "../../../src/controller/dependencies.ts";
import type { KindRuntime } from "../../../src/controller/kind-runtime.ts";
import { type ManagedObject, markerOfObject } from "../../../src/controller/managed-object.ts";
import { ResourceMemory } from "../../../src/controller/memory.ts";
import { reconcile } from "../../../src/controller/reconciler.ts";
import type { RemoteThing } from "../../../src/core/observation.ts";
import { KubeClient } from "../../../src/kube/client.ts";
import { EventRecorder } from "../../../src/kube/events.ts";
import { KubeTransport } from "../../../src/kube/transport.ts";
import { instanceKind } from "../../../src/provider/hpc-park/instance.ts";
import type { RemoteKind } from "../../../src/provider/port.ts";
import { thing } from "../core/situations.ts";
import { answer, FakeApiServer } from "../kube/fake-api-server.ts";
import { connection, KEYS, objectOf, type Parts, runtimeOf } from "./objects.ts";

const TIMING = { activeMs: 1, restMs: 30_000, quietMs: 45_000 };
const LONG_MS = 100_000;
/** Reads, waits for two looks, and acts. */
const MAX_STEPS = 10;
const { signal } = new AbortController();

/** One resource, the things of its provider, and lists that may lag behind these. */
class Scene {
  readonly own: RemoteThing;
  readonly living: RemoteThing[] = [];
  listed: readonly RemoteThing[] = [];
  creates = 0;
  /** Bodies as they came to the API server. */
  readonly written: string[] = [];
  readonly #memory = new ResourceMemory("train");
  readonly #runtime: KindRuntime;
  readonly #server: FakeApiServer;
  readonly #transport: KubeTransport;
  readonly #client: KubeClient;
  #nowMs = 1_000_000;

  constructor(server: FakeApiServer) {
    server.handler = (response, { body }) => {
      this.written.push(body);
      answer(response, 200, objectOf("train"));
    };
    this.#server = server;
    this.#transport = new KubeTransport({ kubeConfig: server.kubeConfig, userAgent: "test" });
    this.#client = new KubeClient(this.#transport);
    this.#runtime = runtimeOf(instanceKind, connection(this.#remote(), { now: this.#now }));
    const marker = markerOfObject(objectOf("train"), this.#runtime.identification);
    this.own = thing("7", { label: `default/train ${marker}`, fields: {} });
    this.living.push(this.own);
  }

  #remote(): Partial<RemoteKind> {
    return {
      credential: "user/*",
      list: async () => this.listed,
      get: async (id) => this.living.find((one) => one.id === id),
      create: async () => {
        this.creates += 1;
        return { ...this.own, id: "8" };
      },
      remove: async () => true,
    };
  }

  /** The object as somebody has written it, a long time after the last look. */
  async reconcile(parts: Parts): Promise<void> {
    const object = held(parts);
    this.#runtime.store.put(object);
    this.#nowMs += LONG_MS;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      this.#nowMs += 10;
      const outcome = await reconcile(object, this.#memory, this.#dependencies);
      if (outcome === undefined || !("awaited" in outcome)) return;
      await outcome.looked;
      this.#memory.awaited = outcome.awaited;
    }
    expect.unreachable("it never comes to an end");
  }

  readonly #now = (): number => this.#nowMs;

  get #dependencies(): Dependencies {
    const events = new EventRecorder({
      client: this.#client,
      component: "test",
      instance: "test",
      log: () => undefined,
      signal,
      now: this.#now,
    });
    return {
      runtime: this.#runtime,
      kinds: new Map([[this.#runtime.port.kind, this.#runtime]]),
      client: this.#client,
      timing: TIMING,
      events,
      now: this.#now,
      wallClock: () => new Date("2026-11-23T10:00:01Z"),
      random: () => 0,
      signal,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport.close();
    await this.#server[Symbol.asyncDispose]();
  }
}

function held({ metadata, spec, status }: Parts): ManagedObject {
  return objectOf("train", {
    metadata: {
      finalizers: [KEYS.finalizer],
      annotations: { [KEYS.create]: "2026-11-23T09:00:00.000Z attempt=1 credential=user/*" },
      ...metadata,
    },
    spec: { gpu: "x", ...spec },
    ...(status === undefined ? {} : { status }),
  });
}

const NAMED = { status: { id: 7 } };
const FORGED = { status: { id: 999 } };
const LEAVING = { metadata: { deletionTimestamp: "2026-11-23T10:00:00Z", generation: 2 } };

describe("an id that is known to be ours, while the lists lag", () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = new Scene(await FakeApiServer.start((response) => answer(response, 200, {})));
    scene.listed = [scene.own];
  });

  afterEach(() => scene[Symbol.asyncDispose]());

  it.each([
    ["the status is emptied", NAMED, {}],
    ["the status is forged to name what is not there", NAMED, FORGED],
    ["it was seen by its marker alone, its id never recorded", {}, {}],
  ])("is asked for before another is made: %s", async (_, before, after) => {
    await scene.reconcile(before);
    scene.listed = [];
    await scene.reconcile(after);
    expect(scene.creates).toBe(0);
  });

  it("is not left behind by a deletion, though the status names what is not there", async () => {
    await scene.reconcile(NAMED);
    scene.listed = [];
    await scene.reconcile({ ...FORGED, ...LEAVING });
    expect(scene.written.filter((body) => body.includes('"finalizers":[]'))).toEqual([]);
  });

  it("is not in the way once it is gone as well as what the status names", async () => {
    await scene.reconcile(NAMED);
    scene.listed = [];
    scene.living.length = 0;
    await scene.reconcile(FORGED);
    expect(scene.creates).toBe(1);
  });
});
