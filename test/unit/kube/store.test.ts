import { beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/kube/kube-object.ts";
import { Store } from "../../../src/kube/store.ts";

interface Thing extends KubeObject {
  readonly color?: string;
}

let store: Store<Thing>;
let changes: string[];
let errors: unknown[];

beforeEach(() => {
  errors = [];
  changes = [];
  store = new Store<Thing>((error) => errors.push(error));
  store.onChange((key, current, previous) => {
    const told = (one: Thing | undefined): string =>
      one === undefined ? "-" : `${one.metadata.uid}@${one.metadata.resourceVersion}`;
    changes.push(`${key} ${told(previous)} > ${told(current)}`);
  });
});

function thing(name: string, resourceVersion: string, uid = "u1", color = "red"): Thing {
  return { metadata: { name, namespace: "n", uid, resourceVersion }, color };
}

describe("the store", () => {
  it("tells what came, what changed and what left", () => {
    store.put(thing("a", "1"));
    store.put(thing("a", "2"));
    store.remove(thing("a", "3"));

    expect(changes).toEqual(["n/a - > u1@1", "n/a u1@1 > u1@2", "n/a u1@2 > -"]);
    expect(store.size).toBe(0);
  });

  it("never replaces a newer object by an older one", () => {
    store.put(thing("a", "10"));

    store.put(thing("a", "9"));

    expect(store.get("n/a")?.metadata.resourceVersion).toBe("10");
  });

  it("tells an object made anew under the same name as two changes", () => {
    store.put(thing("a", "1", "u1"));

    store.put(thing("a", "5", "u2"));

    expect(changes.slice(1)).toEqual(["n/a u1@1 > -", "n/a - > u2@5"]);
  });

  it("keeps an object whose predecessor is deleted late", () => {
    store.put(thing("a", "5", "u2"));

    store.remove(thing("a", "4", "u1"));

    expect(store.get("n/a")?.metadata.uid).toBe("u2");
  });

  it("lets go what a complete list lacks, in its namespace only", async () => {
    store.put(thing("a", "1"));
    store.put(thing("b", "1"));
    const other = { metadata: { ...thing("c", "1").metadata, namespace: "m" } };
    store.put(other);

    await store.replace("n", [thing("b", "1")]);

    expect([...store.list()].map(({ metadata }) => metadata.name)).toEqual(["b", "c"]);
  });

  it("says nothing of what a list shows unchanged", async () => {
    store.put(thing("a", "1"));
    changes = [];

    await store.replace(undefined, [thing("a", "1")]);

    expect(changes).toEqual([]);
  });

  it("drops managedFields, and leaves the object that came in alone", () => {
    const managed = { ...thing("a", "1").metadata, managedFields: [{ manager: "kubectl" }] };
    const object = { metadata: managed };

    store.put(object);

    expect(store.get("n/a")?.metadata).not.toHaveProperty("managedFields");
    expect(object.metadata).toHaveProperty("managedFields");
  });

  it("calls every handler, though one throws", () => {
    const seen: string[] = [];
    store.onChange(() => {
      throw new Error("broken handler");
    });
    store.onChange((key) => seen.push(key));

    store.put(thing("a", "1"));

    expect(seen).toEqual(["n/a"]);
    expect(errors).toEqual([new Error("broken handler")]);
  });

  it("calls a handler no more that was taken off", () => {
    const seen: string[] = [];
    const off = store.onChange((key) => seen.push(key));

    off();
    store.put(thing("a", "1"));

    expect(seen).toEqual([]);
  });
});

describe("an index", () => {
  beforeEach(() => store.addIndex("color", ({ color }) => (color === undefined ? [] : [color])));

  it("follows what changes and what leaves", () => {
    store.put(thing("a", "1", "u1", "red"));
    store.put(thing("b", "1", "u2", "red"));
    store.put(thing("a", "2", "u1", "blue"));
    store.remove(thing("b", "3", "u2"));

    expect(store.byIndex("color", "red")).toEqual([]);
    expect(store.byIndex("color", "blue").map(({ metadata }) => metadata.name)).toEqual(["a"]);
  });

  it("that throws on one object loses neither the object nor the others", () => {
    store.addIndex("fussy", (one) => {
      if (one.color === "odd") throw new Error("cannot read it");
      return ["fine"];
    });

    store.put(thing("a", "1", "u1", "red"));
    store.put(thing("a", "2", "u1", "odd"));
    store.put(thing("b", "1", "u2", "red"));

    expect(store.byIndex("fussy", "fine").map(({ metadata }) => metadata.name)).toEqual(["b"]);
    expect(store.get("n/a")?.color).toBe("odd");
    expect(errors).toHaveLength(1);
  });

  it("that nobody made is a mistake of the caller", () => {
    expect(() => store.byIndex("size", "big")).toThrow(RangeError);
  });
});
