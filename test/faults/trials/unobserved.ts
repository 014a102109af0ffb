import { setTimeout as delay } from "node:timers/promises";
import { pathOf } from "../../../src/kube/kube-object.ts";
import { until } from "../../until.ts";
import { INSTANCES, LOOK_MS, type World } from "../world.ts";
import { compact } from "../watch-gate.ts";
import { createsOf, INSTANCE, readyAndSingle } from "./leader-trial.ts";
import type { Trial } from "./trial.ts";
import { type Change, CHANGES } from "./unobserved-changes.ts";

/** How the operator comes not to see it, and how it sees again. */
interface Blindness {
  readonly name: string;
  readonly blind: (world: World) => Promise<void> | void;
  readonly see: (world: World) => Promise<void> | void;
}

const BLINDNESSES: readonly Blindness[] = [
  { name: "killed", blind: (world) => world.kill(), see: startAgain },
  {
    name: "watch half open, then resumed",
    blind: ({ kubeProxy }) => kubeProxy.watches.silence(),
    see: ({ kubeProxy }) => kubeProxy.watches.end(),
  },
  {
    name: "watch half open, then too old",
    blind: ({ kubeProxy }) => kubeProxy.watches.silence(),
    see: async ({ kubeProxy, namespace }) => {
      await compact(kubeProxy, pathOf(INSTANCES, namespace));
      kubeProxy.watches.fail(410);
    },
  },
];

export const UNOBSERVED: readonly Trial[] = CHANGES.flatMap((change) =>
  BLINDNESSES.map((blindness) => trialOf(change, blindness)),
);

function trialOf(change: Change, { name, blind, see }: Blindness): Trial {
  const { spec, creates = 1 } = change;
  return {
    name: `unobserved: ${change.name}; ${name}`,
    play: async (world) => {
      world.start();
      if (spec !== null) await world.apply(INSTANCES, "one", { ...INSTANCE, ...spec });
      await until("it is up and sees", () =>
        spec === null ? world.kubeProxy.watches.open === 2 : readyAndSingle(world),
      );
      await blind(world);
      await change.make(world);
      // So long the operator goes by what it knew.
      await delay(2 * LOOK_MS);
      await see(world);
    },
    isDone: change.isDone,
    alsoViolated: (world) => {
      const count = createsOf(world);
      return count > creates ? [`${count} create requests, more than ${creates}`] : [];
    },
  };
}

async function startAgain(world: World): Promise<void> {
  world.start();
  await until("it is up", () => world.kubeProxy.watches.open === 2);
  await delay(LOOK_MS);
}
