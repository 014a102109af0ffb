import { elementSystem } from "./element-system.ts";
import { ELEMENT, HPC_PARK } from "./config-options.ts";
import { hpcParkSystem } from "./hpc-park-system.ts";
import type { Surroundings, System, SystemHooks } from "./system.ts";

const SYSTEMS = new Map([
  [HPC_PARK, hpcParkSystem],
  [ELEMENT, elementSystem],
]);

export interface SystemsHooks extends Pick<SystemHooks, "guard"> {
  readonly reconsider: (provider: string) => void;
}

/** The providers that this process looks after. */
export function createSystems(surroundings: Surroundings, hooks: SystemsHooks): readonly System[] {
  const { guard, reconsider } = hooks;
  return [...SYSTEMS].flatMap(([provider, create]) =>
    surroundings.config.providers.includes(provider)
      ? [create(surroundings, { guard, reconsider: () => reconsider(provider) })]
      : [],
  );
}
