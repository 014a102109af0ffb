import type { HpcInstanceSpec } from "../../src/api/hpc-instance.ts";
import type { ManagedObject } from "../../src/controller/managed-object.ts";
import { labelWithMarker, markerOf } from "../../src/core/marker.ts";
import type { PanelDeed, UserDeed } from "./events.ts";
import type { ModelCluster } from "./model-cluster.ts";
import type { ModelPark, ModelThing } from "./model-park.ts";
import { FINALIZER, JOURNAL, KEYS, markerOfName, type Name, PAUSED } from "./names.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const OTHER_FINALIZER = "example.org/other";
const APPLY_AGAIN_MS = 20;
const BIG = 4;
/** An id that nothing has. */
const NOBODY = 999_999;

export interface DeedParts {
  readonly clock: VirtualClock;
  readonly cluster: ModelCluster;
  readonly park: ModelPark;
  /** The thing that is to be adopted. */
  readonly strangerId: number;
}

/** The people of a lifecycle: what they do in the cluster and in the panel. */
export class Deeds {
  readonly #parts: DeedParts;
  readonly #again = new Set<string>();
  readonly #journals = new Map<string, string>();

  constructor(parts: DeedParts) {
    this.#parts = parts;
    parts.cluster.onCommit(({ name, after }) => {
      const journal = after?.metadata.annotations?.[JOURNAL];
      if (journal !== undefined) this.#journals.set(name, journal);
      if (after === undefined && this.#again.delete(name))
        parts.clock.after(APPLY_AGAIN_MS, () => this.#apply(name, {}));
    });
  }

  user(does: UserDeed, name: Name): void {
    const { cluster } = this.#parts;
    const object = cluster.get(name);
    if (object === undefined) {
      if (does.startsWith("apply") || does === "delete and apply again")
        this.#apply(name, does === "apply with the journal of old" ? this.#oldJournal(name) : {});
      return;
    }
    const write = (changes: Partial<HpcInstanceSpec>): void =>
      cluster.writeSpec(name, { ...object.spec, ...changes });
    switch (does) {
      case "apply":
      case "apply with the journal of old":
        return;
      case "delete and apply again":
        this.#again.add(name);
        return cluster.remove(name);
      case "delete":
        return cluster.remove(name);
      case "resize":
        return write({ gpuCount: gpuCountOf(object) === BIG ? 1 : BIG });
      case "switch off":
        return write({ power: "Off" });
      case "switch on":
        return write({ power: "On" });
      case "retain":
        return write({ deletionPolicy: "Retain" });
      case "do not retain":
        return write({ deletionPolicy: "Delete" });
      case "protect":
        return write({ deletionProtection: true });
      case "do not protect":
        return write({ deletionProtection: false });
      case "observe only":
        return write({ managementPolicy: "ObserveOnly" });
      case "manage fully":
        return write({ managementPolicy: "Full" });
      case "never recreate":
        return write({ recreatePolicy: "Never" });
      default:
        return this.#metadata(does, name, object);
    }
  }

  #metadata(does: UserDeed, name: Name, { metadata, status }: ManagedObject): void {
    const { clock, cluster } = this.#parts;
    const { annotations = {}, finalizers = [] } = metadata;
    const annotate = (key: string, value: string): void =>
      cluster.writeMetadata(name, { annotations: { ...annotations, [key]: value } });
    switch (does) {
      case "pause":
        return annotate(PAUSED, "true");
      case "unpause":
        return annotate(PAUSED, "false");
      case "ask for a look":
        return annotate(KEYS.reconcileRequestedAt, `${clock.now()}`);
      case "replace whole":
        return cluster.writeMetadata(name, { annotations: {}, finalizers: [] });
      case "take all finalizers off":
        return cluster.writeMetadata(name, { finalizers: [] });
      case "let another finalizer hold":
        // The API server takes no new finalizer on something that is being deleted.
        if (metadata.deletionTimestamp !== undefined) return;
        return cluster.writeMetadata(name, {
          finalizers: [...new Set([...finalizers, OTHER_FINALIZER])],
        });
      case "let go of the other finalizer":
        return cluster.writeMetadata(name, {
          finalizers: finalizers.filter((finalizer) => finalizer === FINALIZER),
        });
      case "lose the status":
        return cluster.dropStatus(name);
      case "forge the status":
        if (status !== undefined) cluster.forgeStatus(name, { ...status, id: NOBODY });
        return;
      default:
    }
  }

  panel(does: PanelDeed, name: Name): void {
    const { park } = this.#parts;
    const thing = this.#thingOf(name);
    if (thing === undefined || thing.goneAtMs !== undefined) return;
    const marker = markerOf(thing.label);
    switch (does) {
      case "delete":
        park.remove(thing.id);
        return;
      case "rename":
        return park.relabel(thing, marker === undefined ? "renamed" : `renamed ${marker}`);
      case "take the marker off":
        return park.relabel(thing, "no marker any more");
      case "put the marker back":
        if (thing.post === undefined || marker !== undefined) return;
        return park.relabel(thing, labelWithMarker("back again", markerOfName(name), 255));
      case "resize":
        return park.resize(thing, thing.gpuCount + 1);
      case "switch off":
        return park.switch(thing, "off");
      case "break":
        return park.setFailed(thing, true);
      case "mend":
        return park.setFailed(thing, false);
    }
  }

  /** The thing that stands for a resource, whether or not it bears the marker at the moment. */
  #thingOf(name: Name): ModelThing | undefined {
    const { park, strangerId } = this.#parts;
    if (name === "adopter") return park.find(strangerId);
    const marker = markerOfName(name);
    return park.living().find(({ post }) => post?.marker === marker);
  }

  #apply(name: string, annotations: Readonly<Record<string, string>>): void {
    const spec: HpcInstanceSpec = {
      containerType: "pytorch",
      gpuType: "A100",
      gpuCount: 1,
      tariffType: "hourly",
      power: "On",
      deletionPolicy: "Delete",
      deletionProtection: false,
      managementPolicy: "Full",
      recreatePolicy: "Always",
      ...(name === "adopter" ? { adopt: { id: this.#parts.strangerId } } : {}),
    };
    this.#parts.cluster.create(name, spec, annotations);
  }

  #oldJournal(name: string): Record<string, string> {
    const journal = this.#journals.get(name);
    return journal === undefined ? {} : { [JOURNAL]: journal };
  }
}

/** Every object here is an HpcInstance, with the fields of one. */
export function instanceSpecOf({ spec }: ManagedObject): HpcInstanceSpec {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return spec as HpcInstanceSpec;
}

function gpuCountOf(object: ManagedObject): number {
  return instanceSpecOf(object).gpuCount;
}
