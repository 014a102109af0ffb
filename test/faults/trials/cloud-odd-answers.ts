import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { until } from "../../until.ts";
import { INSTANCES, LOOK_MS, QUIET_MS, type World } from "../world.ts";
import { allReady, applyAll, cloudTrial, named, readyIs } from "./cloud-trial.ts";
import type { Rival } from "./election.ts";
import type { Answer, Passage, Verdict } from "./gate.ts";
import { moreCreatesThan } from "./leader-trial.ts";
import type { Trial } from "./trial.ts";

const THREE = named(3);
const ODD_MS = 2_500;
const MEGABYTE = 1024 * 1024;
/** Of a process that has read a list of 64 MB at the most. */
const MOST_MEMORY_MB = 500;
const PAST_SAFE = "9007199254740993";

type Item = Record<string, unknown>;
type Change = (passage: Passage, answer: Answer) => Verdict;

/** What becomes of the answers while it lasts. */
const ODDITIES: Readonly<Record<string, Change>> = {
  "all but id, label and state null": items((item) =>
    Object.fromEntries(
      Object.keys(item).map((key) => [key, ESSENTIAL.has(key) ? item[key] : null]),
    ),
  ),
  "all but id, label and state left out": items((item) =>
    Object.fromEntries(Object.entries(item).filter(([key]) => ESSENTIAL.has(key))),
  ),
  "numbers as text and text as numbers": items((item) =>
    Object.fromEntries(
      Object.entries(item).map(([key, value]) => [key, ESSENTIAL.has(key) ? value : turned(value)]),
    ),
  ),
  "fields that nobody knows": items((item) => ({
    ...item,
    moon: { phase: [1, 2] },
    __proto__x: 1,
  })),
  "everything listed twice": lists((list) => [...list, ...list]),
  "a body of 5 MB": items((item) => ({ ...item, notes: "x".repeat(2 * MEGABYTE) })),
  "states in capitals": items((item) => ({ ...item, state: String(item["state"]).toUpperCase() })),
  "one's answer to another's question": swapped(),
};

/** Answers that say nothing: whoever believes them is lost. */
const NONSENSE: Readonly<Record<string, Change>> = {
  "a stranger with an id past 2^53": (passage, answer) =>
    isList(passage) ? made(answer.body.replace(/^\[/, `[${STRANGER},`)) : "pass",
  "gzip bomb": (passage) => (isList(passage) ? BOMB : "pass"),
  "206 for a list": (passage) => (isList(passage) ? { status: 206, body: "[]" } : "pass"),
  "a byte every tenth of a second": (passage, { status, body }) =>
    passage.method === "GET" ? { status, body, trickleMs: 100 } : "pass",
  "an object for a list": (passage) => (isList(passage) ? made('{"items":[]}') : "pass"),
  "null for a list": (passage) => (isList(passage) ? made("null") : "pass"),
  "204 for a list": (passage) => (isList(passage) ? { status: 204, body: "" } : "pass"),
  "203 and a page of a proxy": (passage) =>
    isList(passage)
      ? { status: 203, headers: { "content-type": "text/html" }, body: "[]" }
      : "pass",
};

const ESSENTIAL: ReadonlySet<string> = new Set(["id", "label", "state"]);
const STRANGER = `{"id":${PAST_SAFE},"label":"large","state":"running"}`;
const BOMB = {
  status: 200,
  headers: { "content-encoding": "gzip" },
  body: gzipSync(Buffer.alloc(300 * MEGABYTE, " "), { level: 1 }),
};

export const ODD_ANSWERS: readonly Trial[] = [
  ...Object.entries(ODDITIES).map(([name, change]) => oddTrial(name, change)),
  ...Object.entries(NONSENSE).map(([name, change]) => nonsenseTrial(name, change)),
  unknownState(),
  largeId(),
];

/** Nothing may be made, deleted or changed for what is odd, and nothing may be stuck afterwards. */
function oddTrial(name: string, change: Change): Trial {
  return cloudTrial({
    name: `odd answers: ${name}`,
    bounds: { callsPerSecond: 200 },
    play: async (world, { cloud, operator }) => {
      await applyAll(world, THREE);
      await until("three are ready", () => allReady(world, THREE));
      cloud.onAnswer = change;
      await delay(ODD_MS);
      await world.remove(INSTANCES, "many-0");
      await delay(4 * LOOK_MS);
      cloud.onAnswer = () => "pass";
      await assertModest(operator.pid);
    },
    isDone: isOneGone,
    alsoViolated: (world) => [...moreCreatesThan(world, 3), ...deletesOfOthers(world)],
  });
}

function nonsenseTrial(name: string, change: Change): Trial {
  return cloudTrial({
    name: `nonsense: ${name}`,
    bounds: { callsPerSecond: 200 },
    play: async (world, { cloud, operator }) => {
      await applyAll(world, THREE);
      await until("three are ready", () => allReady(world, THREE));
      cloud.onAnswer = change;
      await until("it is said that nothing is known", () => readyIs(world, "many-1", "Unknown"), {
        limitMs: 5_000,
      });
      await world.remove(INSTANCES, "many-0");
      await delay(ODD_MS);
      cloud.onAnswer = () => "pass";
      await assertModest(operator.pid);
    },
    isDone: isOneGone,
    alsoViolated: (world) => [...moreCreatesThan(world, 3), ...deletesOfOthers(world)],
  });
}

function unknownState(): Trial {
  return cloudTrial({
    name: "a state that nobody knows",
    play: async (world) => {
      await applyAll(world, THREE);
      await until("three are ready", () => allReady(world, THREE));
      const id = Number((await world.get(INSTANCES, "many-1"))?.status?.id);
      const setState = (state: string | null): void =>
        void world.simulator.perform({ action: "set-state", kind: "instance", id, state });
      setState("hibernating");
      await until("it is said", () => readyIs(world, "many-1", "Unknown"), {
        limitMs: 4 * LOOK_MS,
      });
      await world.patch(INSTANCES, "many-1", { spec: { gpuCount: 2 } });
      await delay(4 * LOOK_MS);
      setState(null);
      await world.remove(INSTANCES, "many-0");
    },
    isDone: isOneGone,
    alsoViolated: (world) => [...moreCreatesThan(world, 3), ...deletesOfOthers(world)],
  });
}

/** The answer to the POST names an id that no JavaScript number can hold; the list names the true one. */
function largeId(): Trial {
  return cloudTrial({
    name: "created with an id past 2^53",
    play: async (world, { cloud }) => {
      cloud.onAnswer = ({ method }, { status, body }) =>
        method === "POST" ? made(body.replace(/"id":\d+/, `"id":${PAST_SAFE}`), status) : "pass";
      await applyAll(world, THREE);
      await delay(QUIET_MS);
    },
    isDone: (world) => allReady(world, THREE),
    alsoViolated: (world) => moreCreatesThan(world, 3),
  });
}

async function isOneGone(world: World): Promise<boolean> {
  return (
    (await world.isGone(INSTANCES, "many-0")) &&
    world.alive("many-0") === 0 &&
    (await allReady(world, THREE.slice(1)))
  );
}

function deletesOfOthers(world: World): string[] {
  return world.simulator.ledger.entries
    .flatMap(({ effects }) => effects)
    .filter(
      ({ what, label }) => what === "deleted" && !label.startsWith(`${world.namespace}/many-0 `),
    )
    .map(({ label }) => `${label} was deleted`);
}

async function assertModest(pid: Rival["operator"]["pid"]): Promise<void> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const megabytes = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  if (megabytes > MOST_MEMORY_MB) throw new Error(`the operator took ${Math.round(megabytes)} MB`);
}

function isList({ method, path }: Passage): boolean {
  return method === "GET" && /\/(instance|storage)\/?$/.test(path.split("?")[0] ?? "");
}

function made(body: string, status = 200): Verdict {
  return { status, body };
}

function lists(change: (list: readonly unknown[]) => readonly unknown[]): Change {
  return (passage, { status, body }) =>
    isList(passage) && status === 200 ? made(JSON.stringify(change(JSON.parse(body)))) : "pass";
}

/** In lists and in answers about one thing. */
function items(change: (item: Item) => Item): Change {
  return ({ method, path }, { status, body }) => {
    if (method !== "GET" || status !== 200 || !/\/(instance|storage)/.test(path)) return "pass";
    const answer: Item | Item[] = JSON.parse(body);
    return made(JSON.stringify(Array.isArray(answer) ? answer.map(change) : change(answer)));
  };
}

function turned(value: unknown): unknown {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return value.length;
  return value;
}

/** Asked for one thing by its id, the answer is another's, word for word. */
function swapped(): Change {
  let known: readonly Item[] = [];
  return (passage, { status, body }) => {
    if (isList(passage) && passage.path.includes("/instance")) known = JSON.parse(body);
    const id = /\/instance\/(\d+)$/.exec(passage.path)?.[1];
    if (passage.method !== "GET" || status !== 200 || id === undefined) return "pass";
    const other = known.find((item) => String(item["id"]) !== id);
    return other === undefined ? "pass" : made(JSON.stringify(other));
  };
}
