import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { until } from "../../until.ts";
import type { AnswersOfSubject } from "../subject.ts";
import { LOOK_MS, QUIET_MS, type World } from "../world.ts";
import { cloudTrial } from "./cloud-trial.ts";
import type { Rival } from "./election.ts";
import type { Answer, Passage, Verdict } from "./gate.ts";
import type { Trial } from "./trial.ts";
import {
  allReady,
  applyAll,
  moreCreatesThan,
  named,
  patchSpec,
  readyIs,
  remove,
} from "../things.ts";

const THREE = named(3);
const ODD_MS = 2_500;
const MEGABYTE = 1024 * 1024;
/** Of a process that has read a list of 64 MB at the most. */
const MOST_MEMORY_MB = 500;

type Item = Readonly<Record<string, unknown>>;
/** What becomes of an answer of a provider. */
type Change = (passage: Passage, answer: Answer, answers: AnswersOfSubject) => Verdict;

/** What becomes of the answers while it lasts; each with what it remembers. */
const ODDITIES: Readonly<Record<string, () => Change>> = {
  "all but id, label and state null": () =>
    items((item, { essential }) =>
      Object.fromEntries(
        Object.keys(item).map((key) => [key, essential.has(key) ? item[key] : null]),
      ),
    ),
  "all but id, label and state left out": () =>
    items((item, { essential }) =>
      Object.fromEntries(Object.entries(item).filter(([key]) => essential.has(key))),
    ),
  "numbers as text and text as numbers": () =>
    items((item, { essential }) =>
      Object.fromEntries(
        Object.entries(item).map(([key, value]) => [
          key,
          essential.has(key) ? value : turned(value),
        ]),
      ),
    ),
  "fields that nobody knows": () =>
    items((item) => ({ ...item, moon: { phase: [1, 2] }, __proto__x: 1 })),
  "everything listed twice": () => lists((list) => [...list, ...list]),
  "a body of 5 MB": () => items((item) => ({ ...item, notes: "x".repeat(2 * MEGABYTE) })),
  "states in capitals": () =>
    items((item, { state }) => ({ ...item, [state]: String(item[state]).toUpperCase() })),
  "one's answer to another's question": swapped,
};

/** Answers that say nothing: whoever believes them is lost. */
const NONSENSE: Readonly<Record<string, Change>> = {
  "a stranger with an id past 2^53": lists((list, { impossible }) => [impossible, ...list]),
  "gzip bomb": inPlaceOfList(() => ({
    status: 200,
    headers: { "content-encoding": "gzip" },
    body: BOMB,
  })),
  "206 for a list": inPlaceOfList(({ noList }) => ({ status: 206, body: noList })),
  "a byte every tenth of a second": ({ method }, { status, body }) =>
    method === "GET" ? { status, body, trickleMs: 100 } : "pass",
  "an object for a list": inPlaceOfList(({ noList }) => made(noList)),
  "null for a list": inPlaceOfList(() => made("null")),
  "204 for a list": inPlaceOfList(() => ({ status: 204, body: "" })),
  "203 and a page of a proxy": inPlaceOfList(() => ({
    status: 203,
    headers: { "content-type": "text/html" },
    body: "[]",
  })),
};

const BOMB = gzipSync(Buffer.alloc(300 * MEGABYTE, " "), { level: 1 });

export const oddAnswers = (): readonly Trial[] => [
  ...Object.entries(ODDITIES).map(([name, change]) => oddTrial(name, change())),
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
      cloud.onAnswer = (passage, answer) => change(passage, answer, world.subject.answers);
      await delay(ODD_MS);
      await remove(world, "many-0");
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
      cloud.onAnswer = (passage, answer) => change(passage, answer, world.subject.answers);
      await until("it is said that nothing is known", () => readyIs(world, "many-1", "Unknown"), {
        limitMs: 5_000,
      });
      await remove(world, "many-0");
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
      const { type, panel, sized } = world.subject;
      const id = (await world.get(type, "many-1"))?.status?.id ?? "";
      panel.setState(id, "hibernating");
      await until("it is said", () => readyIs(world, "many-1", "Unknown"), {
        limitMs: 4 * LOOK_MS,
      });
      await patchSpec(world, "many-1", sized(2));
      await delay(4 * LOOK_MS);
      panel.setState(id, null);
      await remove(world, "many-0");
    },
    isDone: isOneGone,
    alsoViolated: (world) => [...moreCreatesThan(world, 3), ...deletesOfOthers(world)],
  });
}

/** The answer to the POST names an id that nothing can have; the list names the true one. */
function largeId(): Trial {
  return cloudTrial({
    name: "created with an id past 2^53",
    play: async (world, { cloud }) => {
      const { reading } = world.cloud;
      cloud.onAnswer = (passage, { status, body }) =>
        reading.isCreate(passage) ? made(world.subject.answers.withoutId(body), status) : "pass";
      await applyAll(world, THREE);
      await delay(QUIET_MS);
    },
    isDone: (world) => allReady(world, THREE),
    alsoViolated: (world) => moreCreatesThan(world, 3),
  });
}

async function isOneGone(world: World): Promise<boolean> {
  return (
    (await world.isGone(world.subject.type, "many-0")) &&
    world.alive("many-0") === 0 &&
    (await allReady(world, THREE.slice(1)))
  );
}

function deletesOfOthers(world: World): string[] {
  return world.cloud.ledger.entries
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

function made(body: string, status = 200): Verdict {
  return { status, body };
}

function inPlaceOfList(make: (answers: AnswersOfSubject) => Verdict): Change {
  return ({ method, path }, _, answers) =>
    method === "GET" && answers.isList(path) ? make(answers) : "pass";
}

function lists(
  change: (list: readonly Item[], answers: AnswersOfSubject) => readonly Item[],
): Change {
  return ({ method, path }, { status, body }, answers) =>
    method === "GET" && status === 200 && answers.isList(path)
      ? made(answers.changed(body, (list) => change(list, answers)))
      : "pass";
}

/** In lists and in answers about one thing. */
function items(change: (item: Item, answers: AnswersOfSubject) => Item): Change {
  return ({ method, path }, { status, body }, answers) => {
    const isAboutThings = answers.isList(path) || answers.idIn(path) !== undefined;
    if (method !== "GET" || status !== 200 || !isAboutThings) return "pass";
    return made(answers.changed(body, (list) => list.map((item) => change(item, answers))));
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
  return ({ method, path }, { status, body }, answers) => {
    if (method !== "GET" || status !== 200) return "pass";
    if (answers.isList(path)) {
      answers.changed(body, (list) => {
        if (list.length > 0) known = list;
        return list;
      });
      return "pass";
    }
    const id = answers.idIn(path);
    const other = id === undefined ? undefined : known.find((item) => String(item["id"]) !== id);
    return other === undefined ? "pass" : made(JSON.stringify(other));
  };
}
