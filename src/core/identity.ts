import { markerOf } from "./marker.ts";
import type { Observation, RemoteThing } from "./observation.ts";
import type { Resource } from "./resource.ts";

/**
 * Whose is what was seen:
 * `ours` the thing to work on, and its twins (things with the same marker that must go);
 * `absent` nothing of ours is there, proven or not yet;
 * `unmarked` the recorded thing lives but no longer bears our marker, so it is not ours to touch;
 * `refused` the thing to adopt belongs to another resource.
 */
export type Identity =
  | { readonly is: "ours"; readonly thing: RemoteThing; readonly twins: readonly RemoteThing[] }
  | { readonly is: "absent"; readonly isProven: boolean }
  | { readonly is: "unmarked"; readonly thing: RemoteThing }
  | { readonly is: "refused"; readonly thing: RemoteThing; readonly marker: string };

/** Only the marker, or the user's own word in `spec.adopt`, makes a thing ours; never a likeness, never `status.id` alone. */
export function identify(resource: Resource, observation: Observation): Identity {
  if (resource.adoptId !== undefined) return identifyAdopted(resource, observation);
  const thing = keeper(resource, observation.marked);
  if (thing !== undefined) {
    const twins = observation.marked.filter(
      (other) => other.id !== thing.id && other.phase !== "deleting",
    );
    return { is: "ours", thing, twins };
  }
  if (observation.named !== undefined) return { is: "unmarked", thing: observation.named };
  return { is: "absent", isProven: observation.isNamedGone };
}

/** Of several with our marker the recorded one stays, else the one with the lowest id; one on its way out is the last choice. */
export function keeper(
  { recordedId }: Pick<Resource, "recordedId">,
  marked: readonly RemoteThing[],
): RemoteThing | undefined {
  const living = marked.filter((thing) => thing.phase !== "deleting");
  const candidates = living.length > 0 ? living : marked;
  return candidates.find((thing) => thing.id === recordedId) ?? candidates[0];
}

function identifyAdopted(resource: Resource, observation: Observation): Identity {
  const thing = observation.named;
  if (thing === undefined) return { is: "absent", isProven: observation.isNamedGone };
  // Looking does no harm, whoever owns it.
  if (resource.managementPolicy === "ObserveOnly") return { is: "ours", thing, twins: [] };
  const marker = markerOf(thing.label);
  if (marker !== undefined && marker !== resource.marker) return { is: "refused", thing, marker };
  return { is: "ours", thing, twins: [] };
}
