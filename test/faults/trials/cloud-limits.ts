import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../until.ts";
import { LOOK_MS, type World } from "../world.ts";
import { cloudTrial } from "./cloud-trial.ts";
import type { Trial } from "./trial.ts";
import { allReady, apply, applyAll, named, remove } from "../things.ts";

const STORM_MS = 2_000;
const FIVE = named(5);

/** What a 429 may carry, how many calls may come in while it is all there is, and how long the way back may take. */
interface Storm {
  readonly headers: () => Readonly<Record<string, string>>;
  readonly callsInStorm: number;
}

const STORMS: Readonly<Record<string, Storm>> = {
  "no Retry-After": { headers: () => ({}), callsInStorm: 50 },
  "Retry-After of a second": { headers: () => ({ "retry-after": "1" }), callsInStorm: 25 },
  "Retry-After as a date": {
    headers: () => ({ "retry-after": new Date(Date.now() + 1_000).toUTCString() }),
    callsInStorm: 40,
  },
  "Retry-After -1": { headers: () => ({ "retry-after": "-1" }), callsInStorm: 50 },
  "Retry-After no number": { headers: () => ({ "retry-after": "soon" }), callsInStorm: 50 },
  "Retry-After 0": { headers: () => ({ "retry-after": "0" }), callsInStorm: 50 },
};

export const limits = (): readonly Trial[] => [
  ...Object.entries(STORMS).map(([name, storm]) => stormTrial(name, storm)),
  absurdPause(),
];

function stormTrial(name: string, { headers, callsInStorm }: Storm): Trial {
  let sent = 0;
  return cloudTrial({
    name: `429 for two seconds, ${name}`,
    bounds: { callsPerSecond: 100 },
    play: async (world) => {
      await applyAll(world, FIVE);
      await until("five are ready", () => allReady(world, FIVE));
      const { cloud, subject } = world;
      const before = cloud.ledger.entries.length;
      const body = subject.answers.slowDown;
      const id = cloud.faults.add({
        effect: { kind: "status", status: 429, body, headers: headers() },
      });
      await apply(world, "sixth");
      await remove(world, "many-0");
      await delay(STORM_MS);
      sent = cloud.ledger.entries.length - before;
      cloud.faults.clear(id);
    },
    isDone: async (world) =>
      (await allReady(world, [...FIVE.slice(1), "sixth"])) &&
      (await world.isGone(world.subject.type, "many-0")),
    alsoViolated: () =>
      sent > callsInStorm ? [`${sent} calls into the storm, more than ${callsInStorm}`] : [],
  });
}

/** Believed for ten minutes at the most, so the trial does not wait: it is said, nothing is sent, and a new process begins anew. */
function absurdPause(): Trial {
  return cloudTrial({
    name: "429 with Retry-After of thirty years",
    play: async (world, { operator }) => {
      await applyAll(world, FIVE);
      await until("five are ready", () => allReady(world, FIVE));
      const headers = { "retry-after": "1000000000" };
      const { cloud, subject } = world;
      cloud.faults.add({
        match: { nth: 1 },
        effect: { kind: "status", status: 429, body: subject.answers.slowDown, headers },
      });
      await until("it is said", () => allSay(world, "Unknown"), { seen: operator.log });
      const before = cloud.ledger.entries.length;
      await delay(4 * LOOK_MS);
      const sent = cloud.ledger.entries.length - before;
      if (sent > 0) throw new Error(`${sent} calls in the pause`);
      await operator.end("SIGKILL");
      world.start();
    },
    isDone: (world) => allReady(world, FIVE),
  });
}

async function allSay(world: World, status: string): Promise<boolean> {
  const objects = await Promise.all(FIVE.map((name) => world.get(world.subject.type, name)));
  return objects.every((object) =>
    object?.status?.conditions?.some((one) => one.type === "Ready" && one.status === status),
  );
}
