import type { Observation } from "../core/observation.ts";
import type { Resource } from "../core/resource.ts";
import type { Wish } from "../core/situation.ts";
import type { Terms } from "../core/terms.ts";
import type { Resolved } from "../provider/port.ts";
import type { Choice } from "./account-choice.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Keepsake } from "./keep.ts";
import type { ManagedObject } from "./managed-object.ts";
import type { ResourceMemory } from "./memory.ts";

export interface ActContext extends Dependencies {
  readonly object: ManagedObject;
  readonly resource: Resource;
  readonly memory: ResourceMemory;
  readonly wish: Wish;
  readonly resolved: Resolved;
  /** The account that the decision rests on; every request goes to this one. */
  readonly account: Choice;
  /** What the decision rests on; undefined where it needed no look. */
  readonly observation: Observation | undefined;
  /** Where the value of the thing is kept; undefined for kinds without one. */
  readonly keepsake: Keepsake | undefined;
  /** Why the account was not trusted when it was decided. */
  readonly suspicion: string | undefined;
  /** What the provider said of itself when it was decided. */
  readonly terms: Terms | undefined;
}
