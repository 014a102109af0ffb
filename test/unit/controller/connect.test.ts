import { describe, expect, it } from "vitest";
import { connect } from "../../../src/controller/connect.ts";
import type { Connection } from "../../../src/provider/connection.ts";
import { connection, kindsOf, objectOf, readyStatus } from "./objects.ts";

const usesData = { storageRefs: [{ name: "data" }] };

describe("connect: references", () => {
  it("resolves a storage that is ready", () => {
    const { kinds, instances, storages } = kindsOf();
    storages.store.put(objectOf("data", { status: readyStatus(42) }));
    const { wish, resolved } = connect(objectOf("train", { spec: usesData }), instances, kinds);
    expect(wish.obstacle).toBeUndefined();
    expect([...resolved.ids]).toEqual([["HpcStorage/data", "42"]]);
    expect(wish.fields["storageIds"]).toEqual([42]);
  });

  it.each([
    ["does not exist", undefined, /"data" does not exist in namespace default/],
    ["was not looked at yet", objectOf("data"), /waits for HpcStorage "data": not looked at yet/],
    [
      "is not ready",
      objectOf("data", {
        status: {
          id: 42,
          conditions: [
            {
              type: "Ready",
              status: "False",
              reason: "Creating",
              message: "HPC Park is creating it",
              lastTransitionTime: "",
            },
          ],
        },
      }),
      /HPC Park is creating it/,
    ],
    [
      "has no id",
      objectOf("data", { status: { conditions: readyStatus(1).conditions ?? [] } }),
      /waits for/,
    ],
    [
      "is being deleted, though it is still ready",
      objectOf("data", { metadata: { deletionTimestamp: "now" }, status: readyStatus(42) }),
      /is being deleted/,
    ],
    [
      "is in another namespace",
      objectOf("data", { metadata: { namespace: "other" }, status: readyStatus(42) }),
      /does not exist in namespace default/,
    ],
  ])("waits for a storage that %s", (_, storage, message) => {
    const { kinds, instances, storages } = kindsOf();
    if (storage !== undefined) storages.store.put(storage);
    const { wish, resolved } = connect(objectOf("train", { spec: usesData }), instances, kinds);
    expect(wish.obstacle).toMatchObject({ reason: "DependencyNotReady", isStalled: false });
    expect(wish.obstacle?.message).toMatch(message);
    expect(resolved.ids.size).toBe(0);
    expect(wish.fields).not.toHaveProperty("storageIds");
  });

  it("waits where one of several is missing", () => {
    const { kinds, instances, storages } = kindsOf();
    storages.store.put(objectOf("data", { status: readyStatus(42) }));
    const spec = { storageRefs: [{ name: "data" }, { name: "home" }] };
    const { wish } = connect(objectOf("train", { spec }), instances, kinds);
    expect(wish.obstacle?.message).toMatch(/"home"/);
    expect(wish.fields).not.toHaveProperty("storageIds");
  });
});

describe("connect: networks", () => {
  const inNetwork = { namespaceRef: { name: "net" } };

  it("puts instances and storages into the network that they name, once it is ready", () => {
    const { kinds, instances, storages, networks } = kindsOf();
    networks.store.put(objectOf("net", { status: readyStatus(41) }));
    for (const runtime of [instances, storages]) {
      const { wish } = connect(objectOf("it", { spec: inNetwork }), runtime, kinds);
      expect(wish.obstacle).toBeUndefined();
      expect(wish.fields["namespaceId"]).toBe(41);
    }
  });

  it("waits for a network that is not ready, and asks for no other", () => {
    const { kinds, storages, networks } = kindsOf();
    networks.store.put(objectOf("net"));
    const { wish } = connect(objectOf("data", { spec: inNetwork }), storages, kinds);
    expect(wish.obstacle?.message).toMatch(/HpcNamespace "net": not looked at yet/);
    expect(wish.fields).not.toHaveProperty("namespaceId");
  });

  it("names everybody who is in a network, for it is not deleted before them", () => {
    const { kinds, instances, storages, networks } = kindsOf();
    instances.store.put(objectOf("train", { spec: inNetwork }));
    storages.store.put(objectOf("data", { spec: inNetwork }));
    const { wish } = connect(objectOf("net"), networks, kinds);
    expect(wish.users).toEqual(['HpcInstance "train"', 'HpcStorage "data"']);
  });
});

describe("connect: users", () => {
  it("names who refers to a storage, in the same namespace only", () => {
    const { kinds, instances, storages } = kindsOf();
    instances.store.put(objectOf("train", { spec: usesData }));
    instances.store.put(objectOf("idle"));
    instances.store.put(
      objectOf("elsewhere", { metadata: { namespace: "other" }, spec: usesData }),
    );
    const { wish } = connect(objectOf("data"), storages, kinds);
    expect(wish.users).toEqual(['HpcInstance "train"']);
  });
});

describe("connect: adoption", () => {
  const adopting = objectOf("late", {
    metadata: { creationTimestamp: "2026-06-01T00:00:00Z" },
    spec: { adopt: { id: 7 } },
  });
  const early = { creationTimestamp: "2026-05-01T00:00:00Z" };

  function rivalOf(object: typeof adopting, ...others: (typeof adopting)[]): string | undefined {
    const { kinds, instances } = kindsOf();
    for (const each of [object, ...others]) instances.store.put(each);
    return connect(object, instances, kinds).wish.rival;
  }

  it("has no rival but itself", () => {
    expect(rivalOf({ ...adopting, status: { id: 7 } })).toBeUndefined();
  });

  it("gives way to who made the thing, whoever is older", () => {
    const maker = objectOf("maker", {
      metadata: { creationTimestamp: "2026-12-01T00:00:00Z" },
      status: { id: 7 },
    });
    expect(rivalOf(adopting, maker)).toBe('HpcInstance "default/maker"');
  });

  it("gives way to who asked earlier, not to who asked later", () => {
    const first = objectOf("first", { metadata: early, spec: { adopt: { id: 7 } } });
    expect(rivalOf(adopting, first)).toBe('HpcInstance "default/first"');
    expect(rivalOf(first, adopting)).toBeUndefined();
  });

  it("gives way to who has it already, whoever asked earlier", () => {
    const first = objectOf("first", { metadata: early, spec: { adopt: { id: 7 } } });
    const holder = { ...adopting, status: { id: 7 } };
    expect(rivalOf(first, holder)).toMatch(/^HpcInstance/);
    expect(rivalOf(holder, first)).toBeUndefined();
  });

  it("lets exactly one of two win that came in the same second", () => {
    const one = objectOf("one", { spec: { adopt: { id: 7 } } });
    const two = objectOf("two", { spec: { adopt: { id: 7 } } });
    const rivals = [rivalOf(one, two), rivalOf(two, one)];
    expect(rivals.filter((rival) => rival === undefined)).toHaveLength(1);
  });

  it.each([
    [
      "only observes",
      { metadata: early, spec: { adopt: { id: 7 }, managementPolicy: "ObserveOnly" } },
    ],
    ["wants another thing", { metadata: early, spec: { adopt: { id: 77 } } }],
  ])("does not mind one that %s", (_, parts) => {
    expect(rivalOf(adopting, objectOf("other", parts))).toBeUndefined();
  });

  it("may look at another's thing", () => {
    const observing = objectOf("looker", {
      spec: { adopt: { id: 7 }, managementPolicy: "ObserveOnly" },
    });
    expect(rivalOf(observing, objectOf("maker", { status: { id: 7 } }))).toBeUndefined();
  });
});

describe("connect: adoption by two accounts", () => {
  const SERVER = "https://one.example";
  const at = (credential: string, server = SERVER) => ({ credential, server });
  const early = objectOf("early", {
    metadata: { creationTimestamp: "2026-05-01T00:00:00Z" },
    spec: { adopt: { id: 7 } },
  });
  const late = objectOf("late", {
    metadata: { creationTimestamp: "2026-06-01T00:00:00Z" },
    spec: { adopt: { id: 7 } },
  });

  it.each<[reason: string, of: ReturnType<typeof at>, hasRival: boolean]>([
    ["the same user", at("1/*"), true],
    ["another user of that server", at("2/*"), true],
    ["nobody knows whom", at("?/ab"), true],
    ["the same user of another server", at("1/*", "https://two.example"), false],
  ])(
    "tells whether the later one wants the same thing in an account of %s",
    (_, { credential, server }, hasRival) => {
      const first = connection({ credential: "1/*" }, { server: SERVER });
      const second = connection({ credential }, { server });
      const found = [rivalOf(late, first, second), rivalOf(early, first, second)];
      expect(found).toEqual([hasRival ? 'HpcInstance "default/early"' : undefined, undefined]);
    },
  );

  /** What the earlier one is in, and the later one. */
  function rivalOf(object: typeof late, first: Connection, second: Connection): string | undefined {
    const { kinds, instances } = kindsOf();
    const accounts = {
      of: ({ metadata }: typeof late) => ({
        connection: metadata.name === "early" ? first : second,
      }),
      connections: () => [first, second],
    };
    const runtime = { ...instances, accounts };
    for (const each of [early, late]) runtime.store.put(each);
    return connect(object, runtime, new Map([...kinds, [runtime.port.kind, runtime]])).wish.rival;
  }
});
