import { describe, expect, it } from "vitest";
import { wakeAll, wakeChanged, watchResources } from "../../../src/controller/triggers.ts";
import { markerOfObject } from "../../../src/controller/managed-object.ts";
import { drain, KEYS, kindsOf, NOBODY, objectOf, type Parts, readyStatus } from "./objects.ts";

const usesData = { storageRefs: [{ name: "data" }] };

/** The next version of an object. */
function changed(name: string, parts: Parts, resourceVersion = "2"): ReturnType<typeof objectOf> {
  return objectOf(name, { ...parts, metadata: { ...parts.metadata, resourceVersion } });
}

describe("watchResources", () => {
  async function wokenBy(before: Parts, after: Parts): Promise<string[]> {
    const { kinds, instances } = kindsOf();
    watchResources(kinds);
    instances.store.put(objectOf("train", before));
    await drain(instances);
    instances.store.put(changed("train", after));
    return drain(instances);
  }

  it("wakes the key of a new object and of one that is gone", async () => {
    const { kinds, instances } = kindsOf();
    watchResources(kinds);
    const object = objectOf("train");
    instances.store.put(object);
    expect(await drain(instances)).toEqual(["default/train"]);
    instances.store.remove(object);
    expect(await drain(instances)).toEqual(["default/train"]);
  });

  it.each<[string, Parts, Parts]>([
    ["a change of the spec", {}, { metadata: { generation: 2 } }],
    ["a deletion", {}, { metadata: { deletionTimestamp: "now" } }],
    ["a new object under the same name", {}, { metadata: { uid: "another" } }],
    ["hands off", {}, { metadata: { annotations: { [KEYS.paused]: "true" } } }],
    ["hands on again", { metadata: { annotations: { [KEYS.paused]: "true" } } }, {}],
    [
      "a request for a fresh look",
      {},
      { metadata: { annotations: { [KEYS.reconcileRequestedAt]: "now" } } },
    ],
    [
      "another controller letting go during deletion",
      { metadata: { deletionTimestamp: "now", finalizers: ["a", "b"] } },
      { metadata: { deletionTimestamp: "now", finalizers: ["a"] } },
    ],
  ])("wakes on %s", async (_, before, after) => {
    expect(await wokenBy(before, after)).toEqual(["default/train"]);
  });

  it.each<[string, Parts, Parts]>([
    ["our own journal", {}, { metadata: { annotations: { [KEYS.create]: "t attempt=1" } } }],
    ["a change that we ask for", {}, { metadata: { annotations: { [KEYS.change]: "t" } } }],
    ["our own finalizer", {}, { metadata: { finalizers: [KEYS.finalizer] } }],
    ["another's annotation", {}, { metadata: { annotations: { "example.com/x": "y" } } }],
  ])("sleeps through %s", async (_, before, after) => {
    expect(await wokenBy(before, after)).toEqual([]);
  });

  it("sleeps through our own status, and wakes on one that another wrote", async () => {
    const { kinds, instances } = kindsOf();
    watchResources(kinds);
    instances.store.put(objectOf("train"));
    await drain(instances);
    instances.ownWrites.set("default/train", "2");
    instances.store.put(changed("train", { status: readyStatus(7) }));
    expect(await drain(instances)).toEqual([]);
    instances.store.put(changed("train", { status: readyStatus(8) }, "3"));
    expect(await drain(instances)).toEqual(["default/train"]);
  });

  it.each<[reason: string, ownWrite: string | undefined, woken: string[]]>([
    ["nobody of ours wrote anything", undefined, ["default/train"]],
    ["our own last write is older", "1", ["default/train"]],
    ["that was our own write", "2", []],
    ["we wrote again since then, so that we knew of it", "3", []],
  ])("where the change that was asked for is taken off, and %s", async (_, ownWrite, woken) => {
    const { kinds, instances } = kindsOf();
    watchResources(kinds);
    const asked = { [KEYS.change]: "t operation=update" };
    instances.store.put(objectOf("train", { metadata: { annotations: asked } }));
    await drain(instances);
    if (ownWrite !== undefined) instances.ownWrites.set("default/train", ownWrite);
    instances.store.put(changed("train", { metadata: { annotations: {} } }));
    expect(await drain(instances)).toEqual(woken);
  });

  it.each<[reason: string, seen: string, woken: string[]]>([
    ["that was our own write", "2", []],
    ["it was a person's, after our own", "3", ["default/train"]],
  ])("where that is seen before our own write is answered, and %s", async (_, seen, woken) => {
    const { kinds, instances } = kindsOf();
    watchResources(kinds);
    const asked = { [KEYS.change]: "t operation=update" };
    instances.store.put(objectOf("train", { metadata: { annotations: asked } }));
    const key = (await instances.queue.take()) ?? "";
    instances.store.put(changed("train", { metadata: { annotations: {} } }, seen));
    instances.ownWrites.set(key, "2");
    instances.queue.done(key);
    expect(await drain(instances)).toEqual(woken);
  });

  it("keeps the last copy of what is gone until its key is worked off", () => {
    const { kinds, instances } = kindsOf();
    watchResources(kinds);
    const object = objectOf("train");
    instances.store.put(object);
    instances.store.remove(object);
    expect(instances.departed.get("default/train")).toMatchObject({ metadata: { name: "train" } });
  });

  it("wakes who waits for a storage once it is ready, and once it is going", async () => {
    const { kinds, instances, storages } = kindsOf();
    watchResources(kinds);
    instances.store.put(objectOf("train", { spec: usesData }));
    instances.store.put(objectOf("idle"));
    storages.store.put(objectOf("data"));
    await drain(instances);

    storages.store.put(changed("data", { status: readyStatus(42) }));
    expect(await drain(instances)).toEqual(["default/train"]);
    const leaving = { metadata: { deletionTimestamp: "now" }, status: readyStatus(42) };
    storages.store.put(changed("data", leaving, "3"));
    expect(await drain(instances)).toEqual(["default/train"]);
    storages.store.remove(objectOf("data"));
    expect(await drain(instances)).toEqual(["default/train"]);
  });

  it("lets who uses a storage sleep through what cannot matter to them", async () => {
    const { kinds, instances, storages } = kindsOf();
    watchResources(kinds);
    instances.store.put(objectOf("train", { spec: usesData }));
    storages.store.put(objectOf("data", { status: readyStatus(42) }));
    await drain(instances);
    storages.store.put(changed("data", { status: { ...readyStatus(42), sizeGb: 200 } }));
    expect(await drain(instances)).toEqual([]);
  });

  it("wakes a storage when its last user lets go of it", async () => {
    const { kinds, instances, storages } = kindsOf();
    watchResources(kinds);
    instances.store.put(objectOf("train", { spec: usesData }));
    instances.store.put(objectOf("second", { spec: usesData }));
    await drain(storages);
    instances.store.put(changed("train", { metadata: { generation: 2 } }));
    expect(await drain(storages)).toEqual(["default/data"]);
    instances.store.remove(objectOf("second", { spec: usesData }));
    expect(await drain(storages)).toEqual(["default/data"]);
  });

  it("wakes nobody any more once it is stopped", async () => {
    const { kinds, instances } = kindsOf();
    watchResources(kinds)();
    instances.store.put(objectOf("train"));
    expect(await drain(instances)).toEqual([]);
  });
});

describe("wakeChanged", () => {
  it("wakes by recorded id, by the id to adopt, and by marker", async () => {
    const { instances } = kindsOf();
    const byMarker = objectOf("by-marker");
    instances.store.put(objectOf("by-id", { status: { id: 7 } }));
    instances.store.put(objectOf("by-adoption", { spec: { adopt: { id: 8 } } }));
    instances.store.put(byMarker);
    instances.store.put(objectOf("other", { status: { id: 9 } }));
    const markers = new Set([markerOfObject(byMarker, instances.identification), "k8s-unknown"]);

    wakeChanged(instances, NOBODY, { ids: new Set(["7", "8", "100"]), markers });

    expect(await drain(instances)).toEqual([
      "default/by-id",
      "default/by-adoption",
      "default/by-marker",
    ]);
  });
});

describe("wakeAll", () => {
  it("wakes every key of a kind", async () => {
    const { instances } = kindsOf();
    for (const name of ["a", "b"]) instances.store.put(objectOf(name));
    wakeAll(instances);
    expect(await drain(instances)).toEqual(["default/a", "default/b"]);
  });
});
