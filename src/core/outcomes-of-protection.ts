import type { ConditionClaim } from "../api/conditions.ts";
import { type Decision, stalled } from "./decision.ts";
import type { RemoteThing } from "./observation.ts";
import { removeSurplus } from "./outcomes-of-keeping.ts";
import { removeTwins } from "./outcomes-of-life.ts";
import type { Resource } from "./resource.ts";
import { canBeRetained, type Facts, type Situation } from "./situation.ts";

/** What is being deleted although `spec.deletionProtection` is true: only a person ends that. */

export function protectUnseen({ resource, kind, timing }: Situation): Decision {
  const what = resource.recordedId ?? "whatever exists of it";
  return {
    action: { do: "nothing" },
    claims: held(resource, what, canBeRetained(kind)),
    requeueAfterMs: timing.restMs,
  };
}

export function protect({ resource, mayRetain, timing }: Facts, thing: RemoteThing): Decision {
  return {
    action: { do: "nothing" },
    claims: held(resource, thing.id, mayRetain),
    thing,
    requeueAfterMs: timing.restMs,
  };
}

/** The same as in life: the thing that is recorded, or whose value is kept, stays. */
export function removeTwinsOfProtected(facts: Facts, twins: readonly RemoteThing[]): Decision {
  const removal = (facts.kept === undefined ? removeTwins : removeSurplus)(facts, twins);
  const { resource, thing, mayRetain } = facts;
  return thing === undefined
    ? removal
    : { ...removal, claims: held(resource, thing.id, mayRetain) };
}

/** `Ready` is False as for all that is on its way out: nobody compares it with its spec any more. */
function held(
  { kind, namespace, name }: Resource,
  what: string,
  mayRetain: boolean,
): ConditionClaim[] {
  const patch = `kubectl patch ${kind.toLowerCase()} ${name} -n ${namespace} --type merge -p '{"spec":{"deletionProtection":false}}'`;
  const way = mayRetain
    ? `; to let this resource go and leave ${what} as it is, set spec.deletionPolicy to Retain`
    : "";
  return stalled([
    "DeletionProtected",
    `${what} stays, for spec.deletionProtection is true. The deletion of this resource cannot be taken back: to go on with it, ${patch}${way}`,
  ]);
}
