import type { ManagedObject } from "../../src/controller/managed-object.ts";
import { KnownVersion } from "../../src/controller/known-version.ts";
import { labelWithMarker, markerOf } from "../../src/core/marker.ts";
import type { RemoteThing } from "../../src/core/observation.ts";
import type { Connection } from "../../src/provider/connection.ts";
import { ProviderError } from "../../src/provider/errors.ts";
import type { RemoteKind } from "../../src/provider/port.ts";
import { Snapshot } from "../../src/provider/snapshot.ts";
import type { Replacements } from "./replacements.ts";
import { markerOfName } from "./names.ts";
import { REST_MS } from "./surroundings.ts";

/** An operator with one fault of its own, which the model has to find. */
export interface Mistake {
  readonly name: string;
  /** What the model is expected to say. */
  readonly breaks: RegExp;
  readonly replacements: Replacements;
  /** Where the mistake cannot be handed in: puts it in place, and returns how to take it away. */
  readonly install?: () => () => void;
}

export const MISTAKES: readonly Mistake[] = [
  {
    name: "no quiet time",
    breaks: /no blind create|single/,
    replacements: { quietMs: 0 },
  },
  {
    name: "absence trusted from a list of before",
    breaks: /no blind create|single|no leak/,
    replacements: { connection: trustOldLists },
  },
  {
    name: "released on the first 404",
    breaks: /no leak|no blind create|single|status/,
    replacements: trustFirst404(),
  },
  {
    name: "what one list lacks is taken for gone",
    breaks: /no leak|no blind create|single/,
    replacements: { remote: neverAskingById },
  },
  {
    name: "a create request without its journal",
    breaks: /journal first/,
    replacements: { forgets: "journal" },
  },
  {
    name: "a journal that no conflict stops",
    breaks: /no blind create|single|journal first|no leak|ownership/,
    replacements: { forgets: "version" },
  },
  {
    name: "a DELETE without reading the object anew",
    breaks: /without reading/,
    replacements: { forgets: "confirmation" },
  },
  {
    name: "an unknown outcome taken for a refusal",
    breaks: /no blind create|single|no leak/,
    replacements: { remote: refusingWhatIsUnknown },
  },
  {
    name: "Retain overlooked",
    breaks: /retain/,
    replacements: { cached: deletingWhatIsRetained },
  },
  {
    name: "protection overlooked",
    breaks: /protected/,
    replacements: { cached: unprotecting, found: unprotecting },
  },
  {
    name: "protection overlooked until the last moment",
    breaks: /is still being deleted/,
    replacements: { cached: unprotecting },
  },
  {
    name: "everything taken for one's own",
    breaks: /ownership|single|has nothing/,
    replacements: { remote: markingAll },
  },
  {
    name: "suspicion ignored",
    breaks: /breaker|single|no leak/,
    replacements: { connection: trusting },
  },
  {
    name: "a stale cache believed",
    breaks: /no blind create|single|no leak|status|does not come to rest/,
    replacements: {},
    install: believeEveryCopy,
  },
];

/** The list of before is passed off as one of just now, until the next tick. */
function trustOldLists({ snapshots }: Connection, now: () => number): void {
  const fresh = snapshots.listedSince.bind(snapshots);
  snapshots.listedSince = (sinceMs) => {
    const { latest } = snapshots;
    if (latest === undefined || now() - latest.lookedAtMs >= REST_MS) return fresh(sinceMs);
    return Promise.resolve(new Snapshot(now(), latest.credential, [...latest.things()]));
  };
}

/** After a 404 no later list is asked for. */
function trustFirst404(): Replacements {
  let isMissed = false;
  return {
    remote: (remote) =>
      changed(remote, {
        get: async (id, signal) => {
          const thing = await remote.get(id, signal);
          isMissed = thing === undefined;
          return thing;
        },
      }),
    connection: ({ snapshots }) => {
      const fresh = snapshots.listedSince.bind(snapshots);
      const looking = snapshots.lookingSince.bind(snapshots);
      snapshots.lookingSince = (sinceMs) => (isMissed ? undefined : looking(sinceMs));
      snapshots.listedSince = (sinceMs) => {
        const { latest } = snapshots;
        if (!isMissed || latest === undefined) return fresh(sinceMs);
        isMissed = false;
        return Promise.resolve(new Snapshot(sinceMs, latest.credential, [...latest.things()]));
      };
    },
  };
}

function neverAskingById(remote: RemoteKind): RemoteKind {
  return changed(remote, { get: () => Promise.resolve(undefined) });
}

function refusingWhatIsUnknown(remote: RemoteKind): RemoteKind {
  return changed(remote, {
    create: (body, write) =>
      remote.create(body, write).catch((error: unknown) => {
        if (!(error instanceof ProviderError) || error.kind !== "unknown-outcome") throw error;
        throw new ProviderError("unavailable", error.message);
      }),
  });
}

/** Every thing without a marker is shown with that of the first resource. */
function markingAll(remote: RemoteKind): RemoteKind {
  const mark = (thing: RemoteThing): RemoteThing =>
    markerOf(thing.label) === undefined
      ? { ...thing, label: labelWithMarker(thing.label, markerOfName("a"), 255) }
      : thing;
  return changed(remote, { list: async (signal) => (await remote.list(signal)).map(mark) });
}

function trusting(connection: Connection): void {
  Object.defineProperty(connection, "suspicion", { get: () => undefined });
}

function deletingWhatIsRetained(object: ManagedObject): ManagedObject {
  return { ...object, spec: { ...object.spec, deletionPolicy: "Delete" } };
}

function unprotecting(object: ManagedObject): ManagedObject {
  return { ...object, spec: { ...object.spec, deletionProtection: false } };
}

function believeEveryCopy(): () => void {
  const original = Object.getOwnPropertyDescriptor(KnownVersion.prototype, "isOutdated");
  Object.defineProperty(KnownVersion.prototype, "isOutdated", {
    configurable: true,
    value: () => false,
  });
  return () => {
    if (original !== undefined)
      Object.defineProperty(KnownVersion.prototype, "isOutdated", original);
  };
}

/** The credential is asked for anew each time: it is known only after the first request. */
function changed(remote: RemoteKind, changes: Partial<RemoteKind>): RemoteKind {
  return {
    get credential() {
      return remote.credential;
    },
    list: (signal) => remote.list(signal),
    get: (id, signal) => remote.get(id, signal),
    create: (body, write) => remote.create(body, write),
    change: (id, operation, fields, write) => remote.change(id, operation, fields, write),
    remove: (id, write) => remote.remove(id, write),
    ...changes,
  };
}
