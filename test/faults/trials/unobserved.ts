import { setTimeout as delay } from "node:timers/promises";
import { pathOf } from "../../../src/kube/kube-object.ts";
import { until } from "../../until.ts";
import { LOOK_MS, type World } from "../world.ts";
import { compact } from "../watch-gate.ts";
import type { Trial } from "./trial.ts";
import { type Change, CHANGES } from "./unobserved-changes.ts";
import { apply, moreCreatesThan, readyAndSingle } from "../things.ts";

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
    see: async ({ kubeProxy, namespace, subject }) => {
      await compact(kubeProxy, pathOf(subject.type, namespace));
      kubeProxy.watches.fail(410);
    },
  },
];

export const unobserved = (): readonly Trial[] =>
  CHANGES.flatMap((change) => BLINDNESSES.map((blindness) => trialOf(change, blindness)));

function trialOf(change: Change, { name, blind, see }: Blindness): Trial {
  const { spec, creates = 1 } = change;
  return {
    name: `unobserved: ${change.name}; ${name}`,
    play: async (world) => {
      world.start();
      if (spec !== null) await apply(world, "one", spec);
      await until("it is up and sees", () =>
        spec === null ? world.isWatched() : readyAndSingle(world),
      );
      await blind(world);
      await change.make(world);
      // So long the operator goes by what it knew.
      await delay(2 * LOOK_MS);
      await see(world);
    },
    isDone: change.isDone,
    alsoViolated: (world) => moreCreatesThan(world, creates),
  };
}

async function startAgain(world: World): Promise<void> {
  world.start();
  await until("it is up", () => world.isWatched());
  await delay(LOOK_MS);
}
