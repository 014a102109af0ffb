import { setTimeout as delay } from "node:timers/promises";
import { type KubeObject, pathOf } from "../../../src/kube/kube-object.ts";
import { until } from "../../until.ts";
import type { Verdict } from "../message-proxy.ts";
import type { OwnControlPlane, Part } from "../own-control-plane.ts";
import { LOOK_MS, QUIET_MS, type World } from "../world.ts";
import { atMost, readyOne, single } from "./api-server.ts";
import type { Trial } from "./trial.ts";
import { applyOne, createsOf, readyAndSingle } from "../things.ts";

const CRD_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** An informer that failed comes back after half a minute at the latest. */
const BACKOFF_MS = 45_000;

/** What needs a control plane whose processes may be broken. One after the other: each may take it from the others. */
export function controlPlaneFaults(plane: OwnControlPlane): readonly Trial[] {
  const trials: readonly Trial[] = [
    ...(["kube-apiserver", "etcd"] as const).flatMap((part) => [
      killedInMidCreate(plane, part),
      stoppedInMidCreate(plane, part),
    ]),
    {
      name: "API server killed in mid-watch, and deleted in the panel",
      play: async (world) => {
        await readyOne(world);
        await plane.kill("kube-apiserver");
        const [only] = world.subject.things();
        world.subject.panel.remove(only?.id ?? "");
        await delay(QUIET_MS + LOOK_MS);
        await recorderFirst(world, async () => {
          await plane.startAgain("kube-apiserver");
          await plane.record(world);
        });
      },
      isDone: async (world) => createsOf(world) === 2 && readyAndSingle(world),
      limitMs: BACKOFF_MS,
      bounds: { honestMs: BACKOFF_MS },
      ...atMost(2),
    },
    ...[true, false].flatMap((isRestarted) =>
      [true, false].map((isKnown) => putBack(plane, { isRestarted, isKnown })),
    ),
    {
      name: "CRD deleted, and put back",
      play: (world) => deleteCrd(world, plane),
      ...single,
      ...atMost(2),
    },
  ];
  return trials.map((trial) => healed(plane, trial));
}

/** Whatever comes of it, the next trial finds a control plane that works. */
function healed(plane: OwnControlPlane, trial: Trial): Trial {
  return {
    ...trial,
    play: async (world) => {
      try {
        await trial.play(world);
      } finally {
        await plane.heal();
      }
    },
  };
}

function killedInMidCreate(plane: OwnControlPlane, part: Part): Trial {
  return {
    name: `${part} killed in mid-create`,
    play: async (world) => {
      const killed = inMidCreate(world, () => plane.kill(part));
      world.start();
      await applyOne(world);
      await killed;
      await delay(LOOK_MS);
      await recorderFirst(world, async () => {
        await plane.startAgain(part);
        await plane.record(world);
      });
    },
    ...single,
    ...atMost(1),
  };
}

function stoppedInMidCreate(plane: OwnControlPlane, part: Part): Trial {
  return {
    name: `${part} stopped for 2 s in mid-create`,
    play: async (world) => {
      const stopped = inMidCreate(world, () => plane.signal(part, "SIGSTOP"));
      world.start();
      await applyOne(world);
      await stopped;
      await delay(2_000);
      await plane.signal(part, "SIGCONT");
    },
    ...single,
    ...atMost(1),
  };
}

/** When the journal is written and the create request is on its way. */
function inMidCreate({ cloudProxy, cloud }: World, act: () => Promise<void>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  cloudProxy.onRequest = async (message): Promise<Verdict> => {
    if (!cloud.reading.isCreate(message)) return "pass";
    cloudProxy.onRequest = () => "pass";
    await act().then(resolve, reject);
    return "pass";
  };
  return promise;
}

/** @param isKnown Whether the cluster that was saved had the resource, though neither journal nor id; else it is applied again. */
function putBack(
  plane: OwnControlPlane,
  { isRestarted, isKnown }: { readonly isRestarted: boolean; readonly isKnown: boolean },
): Trial {
  const who = isRestarted ? "operator started anew" : "operator lives on";
  return {
    name: `etcd put back to before the ${isKnown ? "journal" : "resource"}, ${who}`,
    play: async (world) => {
      if (isKnown) await applyOne(world);
      await plane.saveEtcd();
      world.start();
      if (!isKnown) await applyOne(world);
      await until("one is ready", () => readyAndSingle(world));
      if (isRestarted) await world.kill();
      await recorderFirst(world, async () => {
        await plane.restoreEtcd();
        await plane.record(world, { isAnew: true });
      });
      if (!isKnown) await applyOne(world);
      if (isRestarted) world.start();
    },
    ...single,
    ...atMost(1),
  };
}

async function deleteCrd(world: World, plane: OwnControlPlane): Promise<void> {
  const { kubeProxy } = world;
  await readyOne(world);
  await emptyElsewhere(world);
  const { plural, group } = world.subject.type;
  const path = `${CRD_PATH}/${plural}.${group}`;
  const { metadata, spec } = JSON.parse((await kubeProxy.asUser("GET", path)).body);
  await kubeProxy.asUser("DELETE", path);
  await until("the CRD is gone", async () => (await kubeProxy.asUser("GET", path)).status === 404);
  if (world.alive("one") > 0) throw new Error("the CRD went before its things");
  const crd = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", spec };
  await recorderFirst(world, async () => {
    await kubeProxy.asUser("POST", CRD_PATH, { ...crd, metadata: { name: metadata.name } });
    await until("the CRD works", () =>
      applyOne(world).then(
        () => true,
        () => false,
      ),
    );
    await plane.record(world);
  });
}

/** The operator stays outside until the recorder is back: what it did unseen would be missing from its own defence. */
async function recorderFirst({ kubeProxy }: World, bringBack: () => Promise<void>): Promise<void> {
  kubeProxy.onRequest = () => "drop";
  try {
    await bringBack();
  } finally {
    kubeProxy.onRequest = () => "pass";
  }
}

/** What other trials left behind would hold the CRD. */
async function emptyElsewhere({ kubeProxy, namespace, subject }: World): Promise<void> {
  const { type } = subject;
  const all = await kubeProxy.asUser("GET", `/apis/${type.group}/${type.version}/${type.plural}`);
  const { items }: { items: readonly KubeObject[] } = JSON.parse(all.body);
  for (const { metadata } of items) {
    if (metadata.namespace === undefined || metadata.namespace === namespace) continue;
    const path = pathOf(type, metadata.namespace, metadata.name);
    await kubeProxy.asUser("PATCH", path, { metadata: { finalizers: [] } });
  }
}
