import { setTimeout as delay } from "node:timers/promises";
import { pathOf } from "../../../src/kube/kube-object.ts";
import { until } from "../../until.ts";
import type { Message, Verdict } from "../message-proxy.ts";
import { LOOK_MS, type World } from "../world.ts";
import { compact } from "../watch-gate.ts";
import type { Trial } from "./trial.ts";
import { strikeRelease } from "./strike-release.ts";
import {
  applyOne,
  isOneGone,
  moreCreatesThan,
  patchSpec,
  posted,
  readyAndSingle,
  remove,
} from "../things.ts";

/** In the end there is one, and it is ready. */
export const single = { isDone: readyAndSingle };

/** So many create requests may be sent, in all. */
export function atMost(creates: number): Pick<Trial, "alsoViolated"> {
  return { alsoViolated: (world) => moreCreatesThan(world, creates) };
}

/** What can be broken between the operator and an API server that works. */
export const apiServer = (): readonly Trial[] => [
  ...[500, 503, 429].flatMap((status) =>
    (["onRequest", "onAnswer"] as const).map((moment) => refusing(status, moment)),
  ),
  {
    name: "watch refused with 410 at its opening",
    play: (world) => expire(world, ({ kubeProxy }) => kubeProxy.watches.end()),
    ...resized(),
  },
  {
    name: "ERROR event in the watch, and what was before forgotten",
    play: (world) => expire(world, ({ kubeProxy }) => kubeProxy.watches.fail(500, "Internal")),
    ...resized(),
  },
  {
    name: "watch ends in mid-line",
    play: (world) =>
      breakWatch(world, ({ kubeProxy: { watches } }) => {
        watches.onLine = () => {
          watches.onLine = () => "pass";
          return "cut";
        };
      }),
    ...resized(),
  },
  {
    name: "every event twice, and in turn lost with its watch",
    play: async (world) => {
      world.kubeProxy.watches.onLine = () => "twice";
      await readyOne(world);
      await resize(world);
      world.kubeProxy.watches.onLine = () => "drop";
      await patchSpec(world, "one", world.subject.sized(3));
      await delay(LOOK_MS);
      world.kubeProxy.watches.onLine = () => "pass";
      world.kubeProxy.watches.fail(410);
      await resize(world);
    },
    ...resized(),
  },
  {
    name: "watch half open for longer than the operator bears it",
    options: { environment: { WATCH_IDLE_SECONDS: "1" } },
    play: (world) => breakWatch(world, ({ kubeProxy }) => kubeProxy.watches.silence()),
    ...resized(),
  },
  { name: "rival that writes metadata at 60 Hz", play: rival, ...resized() },
  {
    name: "finalizer taken off by force",
    play: async (world) => {
      await readyOne(world);
      await world.patch(world.subject.type, "one", { metadata: { finalizers: [] } });
    },
    isDone: async (world) => {
      const { finalizers = [] } = (await world.get(world.subject.type, "one"))?.metadata ?? {};
      return finalizers.includes(`${world.cloud.reading.group}/remote`);
    },
    ...atMost(1),
  },
  {
    name: "finalizer taken off by force, and deleted",
    play: async (world) => {
      await readyOne(world);
      world.kubeProxy.watches.onLine = () => "hold";
      await remove(world, "one");
      await world.patch(world.subject.type, "one", { metadata: { finalizers: [] } });
      await strikeRelease(world, "one");
      world.kubeProxy.watches.release();
    },
    isDone: async (world) => isOrphanTold(world) && world.alive("one") === 1,
    alsoViolated: async (world) => {
      const health = /"health":"([^"]+)"/.exec(world.operatorLog)?.[1] ?? "";
      const metrics = await (await fetch(`${health}/metrics`)).text();
      return /orphan\w*\{[^}]*\} 1$/m.test(metrics) ? [] : ["no metric counts the orphan"];
    },
  },
  {
    name: "namespace deleted",
    play: async (world) => {
      await readyOne(world);
      await world.kubeProxy.asUser("DELETE", `/api/v1/namespaces/${world.namespace}`);
      // What the controller of namespaces does next, which this control plane lacks.
      await remove(world, "one");
    },
    isDone: isOneGone,
    ...atMost(1),
  },
];

function refusing(status: number, moment: "onRequest" | "onAnswer"): Trial {
  const when = moment === "onRequest" ? "refused" : "lost after they took effect";
  return {
    name: `the journal and every third request to the API server ${when} with ${status}`,
    play: async (world) => {
      const isHit = drawing(status);
      const headers = status === 429 ? { "retry-after": "1" } : {};
      let isJournal = true;
      world.kubeProxy[moment] = ({ method, path }: Message): Verdict => {
        const { type, collections } = world.subject;
        const isFirst = isJournal && method === "PATCH" && path.includes(`/${type.plural}/`);
        if (isFirst) isJournal = false;
        const isOurs = collections.some(({ plural }) => path.includes(`/${plural}`));
        return isFirst || (isOurs && isHit()) ? { status, headers } : "pass";
      };
      world.start();
      await applyOne(world);
      await posted(world);
      await resize(world);
      await delay(3 * LOOK_MS);
      world.kubeProxy[moment] = () => "pass";
    },
    ...resized(),
  };
}

/** One in three, the same each time. */
function drawing(seed: number): () => boolean {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (state >> 16) % 3 === 0;
  };
}

async function rival(world: World): Promise<void> {
  world.start();
  await applyOne(world);
  const untilMs = performance.now() + 2_000;
  for (let count = 0; performance.now() < untilMs; count += 1) {
    const annotations = { "example.org/rival": String(count) };
    await world.patch(world.subject.type, "one", { metadata: { annotations } });
    if (count === 40) await resize(world);
    await delay(10);
  }
}

/** The operator is up, and `one` is ready. */
export async function readyOne(world: World): Promise<void> {
  world.start();
  await applyOne(world);
  await until("one is ready", () => readyAndSingle(world));
}

/** Only a watch that works, or a new list, tells of the change that follows. */
async function breakWatch(world: World, fault: (world: World) => void): Promise<void> {
  await readyOne(world);
  fault(world);
  await resize(world);
}

/** What changed meanwhile is in a new list alone. */
async function expire(world: World, end: (world: World) => void): Promise<void> {
  await readyOne(world);
  world.kubeProxy.watches.silence();
  await resize(world);
  await compact(world.kubeProxy, pathOf(world.subject.type, world.namespace));
  end(world);
}

function resize(world: World): Promise<void> {
  return patchSpec(world, "one", world.subject.sized(2));
}

function resized(): Pick<Trial, "isDone" | "alsoViolated"> {
  const isGrown = ({ subject }: World): boolean => subject.things()[0]?.size === 2;
  return { isDone: async (world) => isGrown(world) && readyAndSingle(world), ...atMost(1) };
}

function isOrphanTold({ operatorLog }: World): boolean {
  return operatorLog.includes("the resource went although its remote thing");
}
